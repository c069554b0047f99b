/** The engine on this thread, without servers: pages go straight into its memory. */

/** Loads the engine, as built. */
export async function loadEngine() {
  const { memory, engine } = await (await import('../dist/main/engine/local-engine.js')).loadEngine();
  return {
    engine,
    memory,
    /**
     * Runs `work` on a page, in room of its own that stays as it is afterwards.
     * @template T
     * @param {string} text
     * @param {(page: import('../dist/shared/messages.js').PagePlace) => T} work
     */
    onPage(text, work) {
      const bytes = Buffer.from(text);
      const room = { at: memory.allocate(bytes.length * 3 + 65_536), bytes: bytes.length * 3 + 65_536 };
      const inRoom = () =>
        work({ at: engine.putText(bytes), length: bytes.length, roomAt: room.at, roomBytes: room.bytes });
      return engine.inRoom(room, inRoom).value;
    },
  };
}

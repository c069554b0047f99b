/** The JSON Schema of the config file, for editors. */
import type { JsonSchema, Setting } from '../config/setting.js';
import { SETTINGS } from '../config/settings-table.js';

interface ObjectSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Record<string, unknown>;
}

const object = (): ObjectSchema => ({ type: 'object', additionalProperties: false, properties: {} });

/** Every key of the config file. */
export function configSchema(): JsonSchema {
  const root = object();
  for (const row of Object.values<Setting<unknown>>(SETTINGS)) {
    for (const key of row.config ?? []) {
      add(root, key, { ...valueSchema(row), description: row.help, ...defaultOf(row) });
      if (row.isSecret === true) {
        add(root, `${key}File`, { type: 'string', minLength: 1, description: `${row.help}: a file that holds it` });
      }
    }
  }
  const { type, ...rest } = root;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of gapscan',
    type,
    ...rest,
  };
}

/** A value may also be a `${NAME}` that stands for one. */
function valueSchema({ type }: Setting<unknown>): JsonSchema {
  return type.schema['type'] === 'string'
    ? type.schema
    : { anyOf: [type.schema, { type: 'string', pattern: '\\$\\{' }] };
}

function defaultOf({ default: value }: Setting<unknown>): JsonSchema {
  return value === undefined ? {} : { default: value };
}

function add(root: ObjectSchema, key: string, schema: JsonSchema): void {
  const [name = '', parent] = key.split('.').reverse();
  const holder = parent === undefined ? root : ((root.properties[parent] ??= object()) as ObjectSchema);
  holder.properties[name] = schema;
}

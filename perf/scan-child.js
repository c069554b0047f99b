/** One scan in a fresh process, through the public door. Prints {"seconds", "cpuSeconds", "peakBytes", "summary"}. */
import { scan } from '../dist/main/index.js';

const options = JSON.parse(process.argv[2] ?? '{}');
const started = performance.now();
const summary = await scan(options);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
process.stdout.write(
  JSON.stringify({ seconds, cpuSeconds, peakBytes: process.resourceUsage().maxRSS * 1024, summary }),
);

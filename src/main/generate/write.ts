/** Writes the generated files: `npm run generate`. */
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './pages.js';

for (const [path, content] of Object.entries(generatedFiles())) {
  writeFileSync(new URL(`../../../${path}`, import.meta.url), content);
}

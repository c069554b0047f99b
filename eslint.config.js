import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['plugin/**', 'dist/', 'coverage/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    // Suites are one long describe; perf prints its tables.
    files: ['test/**', 'perf/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    // Plain JavaScript, run as it is; tsc checks its types and names.
    files: ['perf/**'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off', 'no-undef': 'off' },
  },
  {
    // AssemblyScript: TypeScript's syntax, but types of its own, which asc checks.
    files: ['src/workers/engine/**'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      'no-undef': 'off',
      'no-constant-condition': 'off',
      // Its compiler knows no type-only imports.
      '@typescript-eslint/consistent-type-imports': 'off',
      // Loads are made for what they do, see touch.ts.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^touched$' }],
    },
  },
  {
    files: ['src/shared/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['**/main/**', '**/workers/**', 'node:fs*', 'node:http*', 'node:net'] },
      ],
    },
  },
  {
    files: ['src/workers/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/main/**', 'node:fs*', 'node:http*', 'node:net'] }] },
  },
);

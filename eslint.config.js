import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { arrows } from './scripts/arrows.mjs';

const NODE_GLOBALS = { console: 'readonly', process: 'readonly', URL: 'readonly', Buffer: 'readonly' };
const COUNTED = { skipBlankLines: true, skipComments: true };

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'node_modules/', '.vscode-test/', 'test/fixtures/', 'test/golden/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, ...COUNTED }],
      'max-lines-per-function': ['error', { max: 50, ...COUNTED }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
          name,
          message: 'The core does not use the network.',
        })),
        ...['document', 'window', 'navigator'].map((name) => ({ name, message: 'The core has no DOM.' })),
      ],
    },
  },
  { files: ['src/cli.ts', 'src/cli/**/*.ts', 'scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      // A suite is one function.
      'max-lines-per-function': 'off',
    },
  },
  // Tools load their configuration and reporters by their default export.
  { files: ['eslint.config.js', 'scripts/mochaCounts.mjs'], rules: { 'no-restricted-exports': 'off' } },
  ...arrows,
);

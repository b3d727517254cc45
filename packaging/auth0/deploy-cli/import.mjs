#!/usr/bin/env node
// Imports one of these directories into a tenant with the Auth0 Deploy CLI, after a check that the CLI does not make: that
// every keyword of the directory has a value. Otherwise a forgotten SESSION_SECRET would go to the tenant as the text
// "@@SESSION_SECRET@@", and everybody who has read this directory could sign answers.
//
//   node import.mjs DIRECTORY [options of `a0deploy import`, for example --dry-run]
//   node import.mjs --check DIRECTORY
//
// Values come from the environment, then from AUTH0_KEYWORD_REPLACE_MAPPINGS in config.json beside this file.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const [first, ...others] = process.argv.slice(2);
const [name, options] = first === '--check' ? [others[0], null] : [first, others];
const directory = join(HERE, name ?? '');
if (!name || !existsSync(join(directory, 'actions'))) {
  fail('name one of: face, step-up, phone, phone-older');
}

const config = join(HERE, 'config.json');
const settings = existsSync(config) ? JSON.parse(readFileSync(config, 'utf8')) : {};
const values = { ...settings.AUTH0_KEYWORD_REPLACE_MAPPINGS, ...process.env };
const missing = keywords(directory).filter((keyword) => !String(values[keyword] ?? '').trim());
if (missing.length > 0) {
  fail(`without a value: ${missing.join(', ')}`);
}
if (options) {
  const from = existsSync(config) ? ['--config_file', config] : [];
  const command = ['--yes', 'auth0-deploy-cli@8', 'import', ...from, '--input_file', directory, ...options];
  const ran = spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' });
  process.exit(ran.status ?? 1);
}

/** What is to be replaced in the directory's JSON files, sorted. */
function keywords(path) {
  const found = new Set();
  for (const folder of readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(path, folder.name)).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(path, folder.name, file), 'utf8');
      [...text.matchAll(/(##|@@)([A-Z_]+)\1/g)].forEach(([, , keyword]) => found.add(keyword));
    }
  }
  return [...found].sort();
}

function fail(text) {
  console.error(`import: ${text}`);
  process.exit(1);
}

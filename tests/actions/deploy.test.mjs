// Consistency of packaging/auth0: every referenced file exists, every secret is read by its Action, every binding
// refers to an existing Action. The Terraform files are read as JSON from hcl.py; TERRAFORM_JSON names that file.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const AUTH0 = fileURLToPath(new URL('../../packaging/auth0', import.meta.url));
const ACTIONS = join(AUTH0, 'actions');
const DEPLOY = join(AUTH0, 'deploy-cli');
const HANDLERS = {
  'post-login v3': 'onExecutePostLogin',
  'custom-phone-provider v1': 'onExecuteCustomPhoneProvider',
  'send-phone-message v2': 'onExecuteSendPhoneMessage',
};
/** Values that no file may contain: they must come from the environment. */
const SECRET = ['SESSION_SECRET', 'TWILIO_SECRET', 'LOG_TOKEN'];

const files = readdirSync(ACTIONS).filter((file) => file.endsWith('.js'));
const directories = readdirSync(DEPLOY, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

for (const file of files) {
  test(`deploy: ${file} documents its settings`, () => {
    const { source, read, explained } = action(file);
    assert.deepEqual(explained.map(([name]) => name).sort(), read, 'each setting that is read is documented');
    for (const [, line] of source.matchAll(/^exports\.(\w+) = async/gm)) {
      assert.ok([...Object.values(HANDLERS), 'onContinuePostLogin'].includes(line));
    }
  });
}

for (const name of directories) {
  const assets = (folder) => jsonFiles(join(DEPLOY, name, folder));

  test(`deploy-cli, ${name}: Actions`, () => {
    const all = assets('actions');
    assert.equal(all.length, 1);
    for (const { name: _name, code, runtime, secrets, supported_triggers: triggers, deployed } of all) {
      assert.match(code, /^\.\/code\/[\w-]+\.js$/);
      assert.ok(existsSync(join(DEPLOY, name, code)), code);
      checkAction(basename(code), triggers, runtime, secrets.map((secret) => secret.name));
      assert.deepEqual(secrets.map((secret) => secret.value), secrets.map((secret) => `@@${secret.name}@@`));
      assert.equal(deployed, true);
    }
  });

  test(`deploy-cli, ${name}: bindings`, () => {
    const [{ name: action, supported_triggers: [trigger] }] = assets('actions');
    const bound = assets('triggers').flatMap((file) => Object.entries(file));
    const expected = [[trigger.id, [{ action_name: action, display_name: action }]]];
    assert.deepEqual(bound, trigger.id === 'custom-phone-provider' ? [] : expected);
  });

  test(`deploy-cli, ${name}: nothing is imported without its values`, () => {
    const values = keywords(join(DEPLOY, name));
    assert.ok(values.length > 0);
    const given = Object.fromEntries(values.map((keyword) => [keyword, 'x']));
    assert.deepEqual(check(name, given), [0, '']);
    for (const keyword of values.filter((value) => SECRET.includes(value))) {
      assert.deepEqual(check(name, { ...given, [keyword]: ' ' }), [1, `import: without a value: ${keyword}\n`]);
    }
  });
}

/** A fake npx: prints the placeholders of the Actions and whether the code exists, and its location on stderr. */
const NPX = `#!/bin/sh
while [ "$1" != --input_file ]; do shift; done
grep -o '@@[A-Z_]*@@' "$2"/actions/*.json
ls "$2/code"
echo "$2" >&2
exit 7
`;
const noShell = process.platform === 'win32' ? 'needs a shell' : false;
test('deploy-cli: an optional setting without a value is left out of the Action', { skip: noShell }, () => {
  const tools = mkdtempSync(join(tmpdir(), 'countenance-tools-'));
  try {
    writeFileSync(join(tools, 'npx'), NPX, { mode: 0o755 });
    const needed = ['SESSION_SECRET', 'INTEGRATION_ID', 'VERIFIER_ORIGIN', 'MODE'];
    for (const [change, expected] of [
      [{ MAX_AGE: '300' }, [...needed, 'MAX_AGE']],
      [{ MAX_AGE: ' ' }, needed],
      [{}, needed],
    ]) {
      const values = Object.fromEntries(needed.map((name) => [name, 'x']));
      const env = { PATH: `${tools}${delimiter}${process.env.PATH}`, ...values, ...change };
      const ran = spawnSync(process.execPath, [join(DEPLOY, 'import.mjs'), 'face'], { env, encoding: 'utf8' });
      assert.deepEqual(ran.stdout.match(/(?<=@@)\w+(?=@@)/g), expected);
      assert.match(ran.stdout, /^verified-post-login\.js$/m);
      assert.equal(ran.status, 7, 'the exit code of the tool');
      assert.ok(!existsSync(ran.stderr.trim()), 'the temporary copy is removed');
    }
  } finally {
    rmSync(tools, { recursive: true });
  }
});

test('deploy-cli: the example names every keyword, and no secret', () => {
  const example = JSON.parse(readFileSync(join(DEPLOY, 'config.example.json'), 'utf8'));
  const used = new Set(directories.flatMap((name) => keywords(join(DEPLOY, name))));
  const named = Object.keys(example.AUTH0_KEYWORD_REPLACE_MAPPINGS);
  assert.deepEqual([...named, ...SECRET].sort(), [...used].sort());
  assert.equal(example.AUTH0_ALLOW_DELETE, false);
  assert.ok(!('AUTH0_CLIENT_SECRET' in example));
});

test('deploy-cli: each Action is in one directory', () => {
  const deployed = directories.flatMap((name) => jsonFiles(join(DEPLOY, name, 'actions')).map(({ code }) => basename(code)));
  assert.deepEqual(deployed.sort(), files.sort());
});

test('the guide explains every error code of the Actions', () => {
  const guide = readFileSync(join(AUTH0, 'README.md'), 'utf8');
  const all = files.map((file) => action(file).source).join('\n');
  const [, reasons] = /^const REASONS = \[([^\]]*)\]/m.exec(all);
  const codes = [...all.matchAll(/'((?:countenance|step_up)_[a-z_]+)'/g)]
    .map(([, code]) => code)
    .filter((code) => code !== 'countenance_transaction_id')
    .concat([...reasons.matchAll(/'(\w+)'/g)].map(([, reason]) => `countenance_${reason}`))
    .concat([...all.matchAll(/^ \*   twilio_verify(_\w+)/gm)].map(([, name]) => `…${name}`));
  assert.ok(codes.length > 30);
  assert.deepEqual(codes.filter((code) => !guide.includes(`\`${code}\``)), []);
});

const parsed = process.env.TERRAFORM_JSON;
test('terraform', { skip: parsed ? false : 'TERRAFORM_JSON is not set: see packaging/dev/test-actions' }, async (t) => {
  const documents = Object.values(JSON.parse(readFileSync(parsed, 'utf8')));
  const text = JSON.stringify(documents);
  const blocks = (kind) => documents.flatMap((document) => document[kind] ?? []).flatMap((block) => Object.entries(block));
  const variables = new Map(blocks('variable').map(([name, body]) => [plain(name), body]));
  const resources = blocks('resource').flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]) => ({ type: plain(type), name: plain(name), body })),
  );
  const actions = resources.filter(({ type }) => type === 'auth0_action');

  await t.test('variables', () => {
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name));
    assert.deepEqual([...used].sort(), [...variables.keys()].sort(), 'every variable is declared and used');
    const sensitive = [...variables].filter(([, body]) => body.sensitive === true).map(([name]) => name.toUpperCase());
    assert.deepEqual(sensitive.sort(), [...SECRET].sort());
    for (const [name, body] of variables) {
      assert.ok(body.description && body.type, name);
    }
  });

  await t.test('Actions', () => {
    const deployed = actions.map(({ body }) => {
      const [, file] = /^\$\{file\("\$\{path\.module\}\/\.\.\/actions\/([\w-]+\.js)"\)\}$/.exec(body.code);
      const triggers = body.supported_triggers.map(({ id, version }) => ({ id: plain(id), version: plain(version) }));
      const dynamic = (body.dynamic ?? []).flatMap((block) => Object.values(block)).flatMap(({ content }) => content);
      const secrets = [...(body.secrets_wo ?? []), ...dynamic];
      checkAction(file, triggers, plain(body.runtime), secrets.map(({ name }) => plain(name)));
      for (const { name, value } of body.secrets_wo ?? []) {
        assert.equal(value, `\${var.${plain(name).toLowerCase()}}`);
      }
      assert.equal('secrets_wo' in body, 'secrets_wo_version' in body);
      assert.equal(body.deploy, true);
      return file;
    });
    assert.deepEqual(deployed.sort(), files.sort());
  });

  await t.test('references', () => {
    const known = new Set(resources.map(({ type, name }) => `${type}.${name}`));
    const referred = [...text.matchAll(/\b(auth0_\w+)\.(\w+)/g)].map(([reference]) => reference);
    assert.ok(referred.length > 0);
    assert.deepEqual(referred.filter((reference) => !known.has(reference)), []);
    const bound = resources.filter(({ type }) => type === 'auth0_trigger_actions').map(({ body }) => plain(body.trigger));
    assert.deepEqual(bound.sort(), ['post-login', 'send-phone-message']);
  });
});

/** Asserts that a deployed Action gets the settings it reads, and that it has its trigger's handler. */
function checkAction(file, triggers, runtime, secrets) {
  const { source, read, explained } = action(file);
  assert.equal(triggers.length, 1);
  const handler = HANDLERS[`${triggers[0].id} ${triggers[0].version}`];
  assert.ok(handler && source.includes(`exports.${handler} = async`), file);
  assert.equal(runtime, 'node22');
  assert.deepEqual(secrets.filter((name) => !read.includes(name)), [], `${file} reads every secret it is given`);
  const needed = explained.filter(([, text]) => !text.startsWith('optional.')).map(([name]) => name);
  assert.deepEqual(needed.filter((name) => !secrets.includes(name)), [], `${file} is given every required secret`);
}

/** An Action's source, the settings its code reads, and those its header documents. */
function action(file) {
  const source = readFileSync(join(ACTIONS, file), 'utf8');
  const [header, code] = source.split("'use strict';");
  const read = new Set([...code.matchAll(/(?:setting|trimmed)\('(\w+)'\)|secrets\?\.([A-Z_]+)/g)].map((m) => m[1] ?? m[2]));
  const explained = [...header.matchAll(/^ \*   ([A-Z_]{2,}) +(\S.*)$/gm)].map(([, name, text]) => [name, text]);
  return { source, read: [...read].sort(), explained };
}

function check(name, values) {
  const env = { PATH: process.env.PATH, ...values };
  const ran = spawnSync(process.execPath, [join(DEPLOY, 'import.mjs'), '--check', name], { env, encoding: 'utf8' });
  return [ran.status, ran.stderr];
}

function keywords(directory) {
  const text = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => JSON.stringify(jsonFiles(join(directory, entry.name))))
    .join('');
  return [...new Set([...text.matchAll(/(##|@@)([A-Z_]+)\1/g)].map(([, , keyword]) => keyword))].sort();
}

function jsonFiles(directory) {
  return existsSync(directory)
    ? readdirSync(directory)
        .filter((file) => file.endsWith('.json'))
        .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')))
    : [];
}

/** Removes the quotation marks that the parser keeps around strings. */
function plain(text) {
  return text.replace(/^"|"$/g, '');
}

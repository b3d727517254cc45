// Reads the directories of packaging/auth0/deploy-cli with the Auth0 Deploy CLI's own reader and schema:
//
//   NODE_PATH=…/node_modules node deploy-cli.cjs
//
// No tenant is contacted: the client is empty, and the caller disables the network.

const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const Ajv = require('ajv/lib/ajv');
const DirectoryContext = require('auth0-deploy-cli/lib/context/directory').default;
const schema = require('auth0-deploy-cli/lib/tools/auth0/schema').default;
const logger = require('auth0-deploy-cli/lib/logger').default;

const ROOT = join(__dirname, '../../packaging/auth0/deploy-cli');
const NAMES = 'SESSION_SECRET INTEGRATION_ID VERIFIER_ORIGIN MODE MAX_AGE CLIENT_IDS LOG_TOKEN TWILIO_ACCOUNT TWILIO_SECRET TWILIO_SERVICE';
// Contains a quotation mark: a secret may, and the files must remain valid JSON.
const VALUES = Object.fromEntries(NAMES.split(' ').map((name) => [name, `a "${name}"`]));
/** Keys that the CLI adds to the assets. */
const ASIDE = ['exclude', 'include'];

let warnings = 0;
const warn = logger.warn.bind(logger);
logger.warn = (...text) => {
  warnings += 1;
  return warn(...text);
};

async function check(name) {
  const values = { ...VALUES, VERIFIER_ORIGIN: 'https://verifier.example.com', INTEGRATION_ID: 'integration-1' };
  const config = { AUTH0_INPUT_FILE: join(ROOT, name), AUTH0_KEYWORD_REPLACE_MAPPINGS: values };
  const context = new DirectoryContext(config, {});
  await context.loadAssetsFromLocal();
  const assets = Object.fromEntries(Object.entries(context.assets).filter(([, asset]) => asset !== null));
  // The complete schema takes a minute to compile; leave out parts unrelated to these assets.
  const used = Object.entries(schema.properties).filter(([type]) => type in assets);
  const unknown = Object.keys(assets).filter((type) => !(type in schema.properties) && !ASIDE.includes(type));
  const ajv = new Ajv({ useDefaults: true, nullable: true });
  if (unknown.length > 0 || !ajv.validate({ ...schema, properties: Object.fromEntries(used) }, assets)) {
    throw new Error(`${name}: ${JSON.stringify(unknown)} ${JSON.stringify(ajv.errors)}`);
  }
  const text = JSON.stringify(assets);
  if (/(##|@@)[A-Z_]+\1/.test(text)) {
    throw new Error(`${name}: a placeholder was not replaced`);
  }
  const [action] = assets.actions;
  if (assets.actions.length !== 1 || !action.code.includes('exports.on')) {
    throw new Error(`${name}: no code`);
  }
  console.log(`deploy-cli: ${name}: ${Object.keys(assets).filter((type) => !ASIDE.includes(type)).join(', ')}`);
}

(async () => {
  const names = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of names) {
    await check(name);
  }
  if (names.length === 0 || warnings > 0) {
    throw new Error(`${names.length} directories, ${warnings} warnings`);
  }
})().catch((error) => {
  console.error(`deploy-cli: ${error.message}`);
  process.exit(1);
});

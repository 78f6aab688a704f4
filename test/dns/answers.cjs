// Runs before the function in its process (NODE_OPTIONS=--require): names are answered as TEST_DNS says, all others as ever.
// TEST_DNS: {"hooks.example.com": [["127.0.0.1"], ["127.0.0.2"]]}: the nth question gets the nth answer, the last one stays.
/** @type {Record<string, any>} */
const dns = require("node:dns");
const { isIPv6 } = require("node:net");

const answers = new Map(Object.entries(JSON.parse(process.env.TEST_DNS ?? "{}")));
const ask = dns.lookup;

/**
 * @param {string} hostname
 * @param {{ all?: boolean }} options
 * @param {(...result: unknown[]) => void} callback
 */
dns.lookup = (hostname, options, callback) => {
  const known = answers.get(hostname);
  if (known === undefined) return ask(hostname, options, callback);
  const addresses = known.length > 1 ? known.shift() : known[0];
  const found = addresses.map((/** @type {string} */ address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  if (options.all) return process.nextTick(callback, null, found);
  return process.nextTick(callback, null, found[0].address, found[0].family);
};

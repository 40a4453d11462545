/** `npm run check`: every check that needs no running server. */
import { runChecks } from './checks.mjs';
import { setup } from './setup.mjs';
import { runScript } from './setup-error.mjs';

await runScript(async () => {
	const { node, env } = await setup();
	return (await runChecks(node, env)) === 0 ? 0 : 1;
});

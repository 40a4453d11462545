/** The load process: does what the bench tells it, until the bench lets go of it. */
import { Value } from 'typebox/value';
import { type Command, command, type Reply } from './commands.ts';
import { DuressSignaling } from './duress-signaling.ts';
import { Load } from './load.ts';
import { PionSignaling } from './pion-signaling.ts';

type Asked = Exclude<Command, { type: 'pion' }>;

const pion = new PionSignaling((request) => tell({ type: 'pion', line: JSON.stringify(request) }));
let load: Load | undefined;

process.on('message', (message: unknown) => {
	const asked = Value.Parse(command, message);
	if (asked.type === 'pion') pion.receive(asked.line);
	else void answer(asked);
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });

function tell(reply: Reply): void {
	process.send?.(reply);
}

async function answer(asked: Asked): Promise<void> {
	try {
		tell({ type: 'done', id: asked.id, result: (await perform(asked)) ?? null });
	} catch (error) {
		tell({ type: 'failed', id: asked.id, why: error instanceof Error ? error.message : String(error) });
	}
}

async function perform(asked: Asked): Promise<unknown> {
	if (asked.type === 'start') {
		const signaling = asked.url === undefined ? pion : new DuressSignaling(asked.url);
		load = await Load.open({ signaling, serverPid: asked.serverPid, core: asked.core, native: asked.native });
		return undefined;
	}
	if (load === undefined) throw new Error('not started yet');
	switch (asked.type) {
		case 'publish':
			return await load.publish(asked.rooms, asked.size, asked.pps);
		case 'join':
			return await load.join(asked.rooms, asked.viewers, asked.atOnce, asked.clients);
		case 'measure':
			return await load.measure(asked.pps, asked.seconds, asked.warmUpSeconds, () => tell({ type: 'measuring' }));
		case 'churn':
			return await load.churn(asked.room, asked.count, asked.atOnce);
		case 'end':
			return await load.end();
	}
}

import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createIceCredentials } from '../ice/credentials.ts';
import { TransactionLog } from '../ice/transaction-log.ts';
import { EngineStage } from './testing/engine-stage.ts';

test('a worn log of checks is told once for each ICE generation', async () => {
	const stage = await EngineStage.open();
	const client = await stage.client();
	const worn = () => stage.told({ peerId: client.peerId }).filter((type) => type === 'ice-worn').length;
	await client.settle();
	expect(worn()).toBe(0);

	// When it is: see ice/transaction-log.test.ts.
	const isWorn = vi.spyOn(TransactionLog.prototype, 'isWorn', 'get').mockReturnValue(true);
	await client.settle();
	await client.settle();
	expect(worn()).toBe(1);

	isWorn.mockReturnValue(false);
	client.ice = createIceCredentials(randomBytes);
	stage.engine.send({ type: 'restart-ice', peerId: client.peerId, ice: client.ice });
	await client.settle();
	expect(worn()).toBe(1);

	isWorn.mockReturnValue(true);
	await client.settle();
	await client.settle();
	expect(worn()).toBe(2);
});

import { createServer, type Server } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { post, pressHelp, readMetrics } from '../media/help-session.ts';
import { launchBrowser, peerReports, type StatsReport, sumOf, untilReports, untilTrue, watchPeers } from '../support/browser.ts';
import { describeWithProgram } from '../support/programs.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { endSession, restartIce, runWishClient, trickle } from './wish-client.ts';

const decoded = (reports: readonly StatsReport[]): number => sumOf(reports, 'inbound-rtp', 'framesDecoded', 'video');
const heard = (reports: readonly StatsReport[]): number => sumOf(reports, 'inbound-rtp', 'totalAudioEnergy', 'audio');

/** The ufrag of the browser's own end of the path in use. */
function ufragInUse(reports: readonly StatsReport[]): unknown {
	const transport = reports.find((report) => report.type === 'transport');
	return transport?.iceLocalUsernameFragment;
}

/** A web server of another origin than the product's, with an empty page: where somebody's own player may live. */
async function startOtherSite(): Promise<{ readonly url: string; readonly server: Server }> {
	const server = createServer((_request, response) =>
		response.setHeader('content-type', 'text/html').end('<!doctype html><title>-</title>'),
	);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the site has no port');
	return { url: `http://127.0.0.1:${address.port}/`, server };
}

describeWithProgram('chromium', 'A browser that publishes by WHIP and one that watches by WHEP, on a page of another site', (chromium) => {
	let browser: Browser;
	let server: RunningServer;
	let site: Awaited<ReturnType<typeof startOtherSite>>;
	let context: BrowserContext;
	let publisher: Page;
	let player: Page;
	let roomId = '';

	beforeAll(async () => {
		server = await startServer();
		site = await startOtherSite();
		browser = await launchBrowser(chromium);
		context = await browser.newContext();
		await watchPeers(context);
		({ roomId } = await pressHelp(server, 'Maria'));
		publisher = await context.newPage();
		player = await context.newPage();
		for (const page of [publisher, player]) await page.goto(site.url);
	}, 60_000);

	afterAll(async () => {
		await browser?.close();
		site?.server.close();
		await server?.stop();
	});

	test('frames decode and sound arrives, though the player came first', async () => {
		expect(await runWishClient(player, `${server.url}/whep/${roomId}`)).toBe(201);
		expect(await runWishClient(publisher, `${server.url}/whip/${roomId}`)).toBe(201);
		await untilReports(player, 'picture and sound', 15_000, (reports) => decoded(reports) > 30 && heard(reports) > 0);
		for (const page of [publisher, player]) expect(await trickle(page)).toBe(204);
	}, 60_000);

	test.each([
		['publisher', () => publisher],
		['player', () => player],
	])(
		'an ICE restart of the %s by PATCH keeps the picture',
		async (_who, pageOf) => {
			const page = pageOf();
			const before = ufragInUse(await peerReports(page));
			expect(before).toEqual(expect.any(String));
			expect(await restartIce(page)).toEqual({ status: 200, newTag: true });
			await untilReports(page, 'the new ICE session', 10_000, (reports) => {
				const inUse = ufragInUse(reports);
				return (
					inUse !== before && reports.some(({ type, iceState }) => type === 'transport' && /^(connected|completed)$/.test(String(iceState)))
				);
			});
			const restarted = await peerReports(player);
			// A browser that a busy machine starves lowers its estimate, and is sent key frames alone until that has passed.
			await untilReports(player, 'picture and sound after the restart', 20_000, (reports) => {
				return decoded(reports) > decoded(restarted) + 5 && heard(reports) > heard(restarted);
			});
			expect(await trickle(page)).toBe(204);
		},
		60_000,
	);

	test('DELETE of the player ends it alone', async () => {
		expect(await endSession(player)).toBe(200);
		await untilTrue(player, "globalThis.wish.peer.connectionState !== 'connected'", 10_000);
		expect(await publisher.evaluate('globalThis.wish.peer.connectionState')).toBe('connected');
		expect(await endSession(player)).toBe(404);
		expect((await readMetrics(server)).get('duress_peers')).toBe(1);
	}, 30_000);

	test('a player on a page of the product comes late and sees the picture', async () => {
		await player.goto(`${server.url}/helper`);
		expect(await runWishClient(player, `${server.url}/whep/${roomId}`)).toBe(201);
		await untilReports(player, 'picture and sound', 15_000, (reports) => decoded(reports) > 15 && heard(reports) > 0);
	}, 30_000);

	test('completing the help ends both, and nothing is held', async () => {
		await post(server, '/duress/help_completed', { name: 'Maria', helper: 'Ada' });
		for (const page of [publisher, player]) {
			await untilTrue(page, "globalThis.wish.peer.connectionState !== 'connected'", 10_000);
			expect(await endSession(page)).toBe(404);
		}
		const held = ['duress_rooms', 'duress_peers', 'duress_media_peers', 'duress_media_publications'];
		await until('nothing is held', 5_000, async () => {
			const metrics = await readMetrics(server);
			return held.every((name) => metrics.get(name) === 0);
		});
	}, 30_000);
});

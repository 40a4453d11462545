import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pressHelp } from '../media/help-session.ts';
import { launchBrowser, sumOf, untilReports } from '../support/browser.ts';
import { DataChannelPeer } from '../support/datachannel-peer.ts';
import { describeWithProgram } from '../support/programs.ts';
import { rounds } from '../support/rounds.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';
import { between, longestGapMs, lossyServer, openClient, openPage, receptionOf, watchFrames, weakLink } from './lossy-client.ts';

const isFull = rounds(10) === 10;
const windowMs = isFull ? 30_000 : 8000;

async function untilPlaying(page: Page): Promise<void> {
	await untilReports(page, 'frames decode', 15_000, (all) => sumOf(all, 'inbound-rtp', 'framesDecoded', 'video') > 40);
}

describeWithProgram('chromium', 'A broadcaster on a bad link', (chromium) => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser(chromium);
	}, 60_000);
	afterAll(() => browser?.close());

	test('is seen at 5 % loss, and freezes nobody when it moves to another address', async () => {
		const { server, relay } = await lossyServer();
		const session = await pressHelp(server, 'Maria');
		const uplink = await relay();
		const broadcaster = await openClient(browser, server, { url: session.broadcasterWs, sends: 'VP8', via: uplink });
		const viewer = await openClient(browser, server, { url: session.viewerWebsocketUrl });
		await untilPlaying(viewer);
		await watchFrames(viewer);
		const decodedIn = async (ms: number): Promise<number> => {
			const before = await receptionOf(viewer);
			await viewer.waitForTimeout(ms);
			const got = between(before, await receptionOf(viewer));
			return (1000 * got.frames) / got.atMs;
		};

		await viewer.waitForTimeout(1000);
		const cleanRate = await decodedIn(windowMs / 2);
		await longestGapMs(viewer);
		await uplink.moveToNewPort();
		await viewer.waitForTimeout(3000);
		const movedMs = await longestGapMs(viewer);
		console.log(`the longest time without a new frame around the move: ${movedMs.toFixed(0)} ms`);
		expect(movedMs).toBeLessThan(500);

		uplink.setQuality(weakLink);
		await viewer.waitForTimeout(1000);
		const weakRate = await decodedIn(windowMs);
		const before = await receptionOf(broadcaster);
		console.log(
			`uplink with 5 % lost, 50 ms ± 10 ms: ${weakRate.toFixed(1)} of ${cleanRate.toFixed(1)} frames/s, ${before.requests} key frames asked for`,
		);
		expect(weakRate / cleanRate).toBeGreaterThanOrEqual(0.95);

		// A move with everything against it.
		await longestGapMs(viewer);
		await uplink.moveToNewPort();
		await viewer.waitForTimeout(3000);
		console.log(`the same on the weak link: ${(await longestGapMs(viewer)).toFixed(0)} ms`);
	}, 120_000);

	test('loses no media while its signaling and that of a viewer are cut', async () => {
		const { server } = await lossyServer();
		const proxy = await openTcpProxy(server.port);
		onTestFinished(() => proxy.close());
		const victim = await openPage(browser, `http://127.0.0.1:${proxy.port}/`);
		await victim.fill('#name', 'Maria');
		await victim.click('#help');
		await untilReports(victim, 'the victim sends', 15_000, (all) => sumOf(all, 'outbound-rtp', 'framesSent') > 10);
		const listed: unknown = await (await fetch(`${server.url}/duress/listen`)).json();
		if (typeof listed !== 'object' || listed === null || !('viewerWebsocketUrl' in listed)) throw new Error('no call');
		const judge = await DataChannelPeer.connect({ url: String(listed.viewerWebsocketUrl) });
		onTestFinished(() => judge.leave());
		const helper = await openPage(browser, `http://127.0.0.1:${proxy.port}/helper`);
		await helper.fill('#me', 'Ada');
		await helper.getByRole('button', { name: /watch/i }).first().click();
		await untilPlaying(helper);
		await watchFrames(helper);
		const cutMs = isFull ? 20_000 : 5000;

		await longestGapMs(helper);
		proxy.cut();
		await helper.waitForTimeout(cutMs);
		const duringMs = await longestGapMs(helper);
		proxy.mend();
		await helper.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
		await helper.waitForTimeout(3000);
		const afterMs = await longestGapMs(helper);
		console.log(
			`the longest time without a new frame while cut: ${duringMs.toFixed(0)} ms, while signaling came back: ${afterMs.toFixed(0)} ms`,
		);
		expect(duringMs).toBeLessThan(500);
		const sound = judge.packetsOf(judge.offeredSsrc('audio'));
		const silences = sound.slice(1).map(({ atMs }, index) => atMs - (sound[index]?.atMs ?? atMs));
		console.log(`the longest time without sound at another viewer: ${Math.max(...silences).toFixed(0)} ms`);
		expect(Math.max(...silences)).toBeLessThan(500);
	}, 120_000);
});

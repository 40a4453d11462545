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
const windowMs = isFull ? 30_000 : 6000;

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
		/** Frames a second that the broadcaster sent, and the share of them that the viewer decoded. */
		const pass = async (ms: number): Promise<{ rate: number; share: number }> => {
			const before = await Promise.all([broadcaster, viewer].map(receptionOf));
			await viewer.waitForTimeout(ms);
			const after = await Promise.all([broadcaster, viewer].map(receptionOf));
			const [sent, got] = after.map((reception, index) => between(before[index] ?? reception, reception));
			if (sent === undefined || got === undefined) throw new Error('a page is missing');
			return { rate: (1000 * sent.framesSent) / sent.atMs, share: got.frames / sent.framesSent };
		};

		await viewer.waitForTimeout(1000);
		const clean = await pass(windowMs / 2);
		await longestGapMs(viewer);
		await uplink.moveToNewPort();
		await viewer.waitForTimeout(2500);
		const movedMs = await longestGapMs(viewer);
		console.log(`the longest time without a new frame around the move: ${movedMs.toFixed(0)} ms`);
		expect(movedMs).toBeLessThan(500);

		uplink.setQuality(weakLink);
		await viewer.waitForTimeout(1000);
		const weak = await pass(windowMs);
		console.log(
			`uplink with 5 % lost, 50 ms ± 10 ms: ${weak.rate.toFixed(1)} frames/s sent and ${(100 * weak.share).toFixed(1)} % of them decoded, ` +
				`${clean.rate.toFixed(1)} and ${(100 * clean.share).toFixed(1)} % without loss`,
		);
		expect(weak.share / clean.share).toBeGreaterThanOrEqual(0.95);
		expect(weak.rate / clean.rate).toBeGreaterThanOrEqual(0.9);
	}, 120_000);

	test('freezes nobody when it moves to another address on a link that loses 5 %', async () => {
		const { server, relay } = await lossyServer();
		const session = await pressHelp(server, 'Maria');
		const uplink = await relay();
		await openClient(browser, server, { url: session.broadcasterWs, sends: 'VP8', via: uplink });
		const viewer = await openClient(browser, server, { url: session.viewerWebsocketUrl });
		await untilPlaying(viewer);
		await watchFrames(viewer);
		uplink.setQuality(weakLink);
		await viewer.waitForTimeout(2000);
		const gapsMs: number[] = [];
		for (let move = 0; move < rounds(20); move += 1) {
			await longestGapMs(viewer);
			await uplink.moveToNewPort();
			await viewer.waitForTimeout(3000);
			gapsMs.push(await longestGapMs(viewer));
		}
		console.log(`the longest times without a new frame around moves at 5 % loss: ${gapsMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
		expect(Math.max(...gapsMs)).toBeLessThan(500);
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
		const cutMs = isFull ? 20_000 : 4000;

		await longestGapMs(helper);
		proxy.cut();
		await helper.waitForTimeout(cutMs);
		const duringMs = await longestGapMs(helper);
		proxy.mend();
		await helper.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
		await helper.waitForTimeout(2000);
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

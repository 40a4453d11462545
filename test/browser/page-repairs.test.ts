import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, sumOf, untilReports } from '../support/browser.ts';
import { describeWithProgram } from '../support/programs.ts';
import { rounds } from '../support/rounds.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import type { UdpRelay } from '../support/udp-relay.ts';
import { longestGapMs, lossyServer, openPage, watchFrames } from './lossy-client.ts';

const cutMs = rounds(10) === 10 ? 20_000 : 4000;

interface Call {
	readonly victim: Page;
	readonly helper: Page;
	/** Between both pages and the server's HTTP and WebSockets. */
	readonly proxy: TcpProxy;
	/** Between each page and the server's media port, if asked for; a relay leads one connection. */
	readonly relays: readonly UdpRelay[];
}

/** The states of all RTCPeerConnections that the page has made so far. */
async function connectionsOf(page: Page): Promise<string> {
	return String(await page.evaluate('globalThis.testPeers.map(({ connectionState }) => connectionState).join()'));
}

/** The server's ufrag in the page's last description: another one after an ICE restart. */
async function serverUfrag(page: Page): Promise<string> {
	return String(await page.evaluate('/a=ice-ufrag:(.*)/.exec(globalThis.testPeers.at(-1).remoteDescription.sdp)[1]'));
}

/** From now on the server does not know the token with which the page returns. */
async function spoilTokens(page: Page): Promise<void> {
	await page.evaluate(`globalThis.WebSocket = class extends WebSocket {
		constructor(url) {
			super(String(url).replace(/resume=[0-9a-f]+/, 'resume=unknown'));
		}
	}`);
}

async function live(helper: Page): Promise<void> {
	await helper.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
}

describeWithProgram('chromium', 'The pages on a bad network', (chromium) => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser(chromium);
	}, 60_000);
	afterAll(() => browser?.close());

	/** Maria calls, Ada watches; each by the product's own page. */
	async function watchedCall(options: { readonly relayed?: boolean } = {}): Promise<Call> {
		const { server, relay } = await lossyServer();
		const proxy = await openTcpProxy(server.port);
		onTestFinished(() => proxy.close());
		const relays = options.relayed ? [await relay(), await relay()] : [];
		const [uplink, downlink] = relays;
		const victim = await openPage(browser, `http://127.0.0.1:${proxy.port}/`, uplink);
		await victim.fill('#name', 'Maria');
		await victim.click('#help');
		await untilReports(victim, 'the victim sends', 15_000, (all) => sumOf(all, 'outbound-rtp', 'framesSent') > 10);
		const helper = await openPage(browser, `http://127.0.0.1:${proxy.port}/helper`, downlink);
		await helper.fill('#me', 'Ada');
		await helper.getByRole('button', { name: 'Watch' }).click();
		await untilReports(helper, 'frames decode', 15_000, (all) => sumOf(all, 'inbound-rtp', 'framesDecoded', 'video') > 40);
		await live(helper);
		await watchFrames(helper);
		return { victim, helper, proxy, relays };
	}

	test('go on with their connections while their sockets are cut, and return to their sessions', async () => {
		const { victim, helper, proxy } = await watchedCall();
		await longestGapMs(helper);
		proxy.cut();
		await helper.getByText('Live, but the server cannot be reached').waitFor();
		await victim.getByText('Your helpers are still connected').waitFor();
		await helper.waitForTimeout(cutMs);
		proxy.mend();
		await live(helper);
		await victim.getByText('Connected', { exact: true }).waitFor();
		await victim.getByText('1 person is watching.').waitFor();
		await helper.waitForTimeout(2000);
		const gapMs = await longestGapMs(helper);
		console.log(`the longest time without a new frame while both sockets were cut and came back: ${gapMs.toFixed(0)} ms`);
		expect(gapMs).toBeLessThan(1000);
		expect([await connectionsOf(victim), await connectionsOf(helper)]).toEqual(['connected', 'connected']);

		// Signaling works as before: the helper is named, and the end is told.
		await helper.getByRole('button', { name: 'Take' }).click();
		await victim.getByText('Ada is coming').waitFor();
		await helper.getByText('You are helping.', { exact: true }).waitFor();
		await victim.click('#safe');
		await helper.getByText('The call has ended.').waitFor();
	}, 120_000);

	test('whose token is refused begin anew, and the picture goes on', async () => {
		const { victim, helper, proxy } = await watchedCall();
		for (const page of [victim, helper]) await spoilTokens(page);
		await longestGapMs(helper);
		proxy.cut();
		await helper.getByText('Live, but the server cannot be reached').waitFor();
		proxy.mend();
		for (const page of [victim, helper]) {
			await expect.poll(() => connectionsOf(page), { timeout: 15_000 }).toBe('closed,connected');
		}
		await live(helper);
		const seen = await untilReports(helper, 'frames', 5000, () => true);
		const before = sumOf(seen, 'inbound-rtp', 'framesDecoded', 'video');
		await untilReports(helper, 'frames decode', 15_000, (all) => sumOf(all, 'inbound-rtp', 'framesDecoded', 'video') > before + 40);
		const gapMs = await longestGapMs(helper);
		console.log(`the longest time without a new frame while both pages began anew: ${gapMs.toFixed(0)} ms`);
		expect(gapMs).toBeLessThan(2000);
	}, 120_000);

	test('restart ICE when their path is gone, and go on with the same connections', async () => {
		const { victim, helper, relays } = await watchedCall({ relayed: true });
		const before = [await serverUfrag(victim), await serverUfrag(helper)];
		for (const relay of relays) relay.dark = true;
		await helper.getByText('The connection was lost').waitFor({ timeout: 15_000 });
		await helper.locator('#veil', { hasText: 'Connection lost' }).waitFor();
		await victim.getByText('Nobody sees you now').waitFor({ timeout: 15_000 });
		for (const [index, page] of [victim, helper].entries()) {
			await expect.poll(() => serverUfrag(page), { timeout: 15_000 }).not.toBe(before[index]);
		}
		for (const relay of relays) relay.dark = false;
		const lightMs = performance.now();
		await live(helper);
		await victim.getByText('Connected', { exact: true }).waitFor();
		console.log(`live again ${(performance.now() - lightMs).toFixed(0)} ms after the path was back`);
		expect([await connectionsOf(victim), await connectionsOf(helper)]).toEqual(['connected', 'connected']);
	}, 120_000);

	test('show since when the signal is lost, and the last picture', async () => {
		const { victim, helper } = await watchedCall();
		await victim.evaluate('for (const sender of globalThis.testPeers[0].getSenders()) sender.replaceTrack(null)');
		await helper.locator('#veil', { hasText: 'Signal lost' }).waitFor({ timeout: 15_000 });
		await helper.getByText("The caller's signal was lost.").waitFor();
		await helper.locator('#calls .signal', { hasText: /Signal lost \d+ s ago/ }).waitFor();
		const [age] = /\d+/.exec((await helper.locator('#veil').textContent()) ?? '') ?? [];
		await expect.poll(async () => (await helper.locator('#veil').textContent()) ?? '').not.toContain(`${age} s`);
		expect(await helper.evaluate('document.querySelector("#video").videoWidth')).toBeGreaterThan(0);
		expect(await helper.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')).toBe(false);
	}, 120_000);
});

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { peerReports, sumOf, watchPeers } from '../support/browser.ts';
import { type RunningServer, testServer } from '../support/start-server.ts';
import { UdpRelay, type UdpRelayOptions } from '../support/udp-relay.ts';
import { type Encoding, runPlainClient } from './plain-client.ts';

/** A mobile link at the edge of its cell: 50 ms ± 10 ms each way, with overtaking, and one datagram in twenty lost. */
export const weakLink = { loss: 0.05, delayMs: 40, jitterMs: 20 } as const;

/** A worse one: 15 % lost, four datagrams in a row on average. */
export const burstyLink = { loss: 0.15, burst: 4, delayMs: 40, jitterMs: 20 } as const;

/** Every connection of this context's pages goes through this port of this machine, whatever candidates the server names. Before the first page. */
export async function routeMedia(context: BrowserContext, port: number): Promise<void> {
	await context.addInitScript(`{
		const candidate = 'a=candidate:1 1 udp 2130706431 127.0.0.1 ${port} typ host\\r\\n';
		const describe = RTCPeerConnection.prototype.setRemoteDescription;
		RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
			return describe.call(this, { type, sdp: sdp.replace(/(^a=candidate:.*\\r\\n)+/gm, candidate) });
		};
	}`);
}

export interface ClientOptions {
	/** Of the signaling WebSocket. */
	readonly url: string;
	/** Publishes in this codec; else views. */
	readonly sends?: string;
	readonly encoding?: Encoding;
	/** Its way to the server; else straight. */
	readonly via?: UdpRelay;
}

/** A page in a context of its own, whose media goes through the relay if there is one; closed when the running test ends. */
export async function openPage(browser: Browser, url: string, via?: UdpRelay): Promise<Page> {
	const context = await browser.newContext();
	onTestFinished(() => context.close());
	await watchPeers(context);
	if (via !== undefined) await routeMedia(context, via.port);
	const page = await context.newPage();
	await page.goto(url);
	return page;
}

/** A page with the plain client. */
export async function openClient(browser: Browser, server: RunningServer, { url, sends, encoding, via }: ClientOptions): Promise<Page> {
	const page = await openPage(browser, `${server.url}/helper`, via);
	await runPlainClient(page, url, sends, encoding);
	if (sends === undefined) await watchConcealment(page);
	return page;
}

/** A server and ways to it, gone when the running test ends. */
export async function lossyServer(): Promise<{ server: RunningServer; relay(options?: UdpRelayOptions): Promise<UdpRelay> }> {
	const server = await testServer();
	return {
		server,
		async relay(options) {
			const relay = await UdpRelay.open(server.mediaPort, options);
			onTestFinished(() => relay.close());
			return relay;
		},
	};
}

/** What a viewer has decoded, heard and had to make up so far, and a broadcaster was asked for. */
export interface Reception {
	readonly atMs: number;
	readonly frames: number;
	/** What a broadcaster has sent. */
	readonly framesSent: number;
	readonly samples: number;
	readonly concealed: number;
	/** Stretches of concealed sound. */
	readonly concealments: number;
	/** The longest of them since the page was last asked, or a little more: two that are close together may count as one. */
	readonly longestConcealedMs: number;
	readonly freezeSeconds: number;
	/** Requests for a key frame that a broadcaster got. */
	readonly requests: number;
}

/**
 * In a page whose client views: follows the concealed samples of its sound in small steps. What is added while no new stretch has begun belongs to
 * the last one.
 */
async function watchConcealment(page: Page): Promise<void> {
	await page.evaluate(`{
		let last;
		let stretch = 0;
		globalThis.testLongestConcealed = 0;
		setInterval(async () => {
			const receiver = globalThis.testPeers.at(-1)?.getReceivers().find(({ track }) => track.kind === 'audio');
			const reports = receiver === undefined ? [] : [...(await receiver.getStats()).values()];
			const now = reports.find(({ type }) => type === 'inbound-rtp');
			if (now === undefined) return;
			const added = now.concealedSamples - (last?.concealedSamples ?? now.concealedSamples);
			stretch = now.concealmentEvents === last?.concealmentEvents ? stretch + added : added;
			last = now;
			if (added > 0) globalThis.testLongestConcealed = Math.max(globalThis.testLongestConcealed, stretch);
		}, 50);
	}`);
}

/** The longest stretch of concealed sound since the last call, milliseconds. */
async function takeLongestConcealedMs(page: Page): Promise<number> {
	const samples: unknown = await page.evaluate(`(() => {
		const longest = globalThis.testLongestConcealed ?? 0;
		globalThis.testLongestConcealed = 0;
		return longest;
	})()`);
	return typeof samples === 'number' ? samples / 48 : 0;
}

export async function receptionOf(page: Page): Promise<Reception> {
	const longestConcealedMs = await takeLongestConcealedMs(page);
	const reports = await peerReports(page);
	const sum = (field: string, kind: 'audio' | 'video'): number => sumOf(reports, 'inbound-rtp', field, kind);
	return {
		atMs: performance.now(),
		frames: sum('framesDecoded', 'video'),
		framesSent: sumOf(reports, 'outbound-rtp', 'framesSent', 'video'),
		samples: sum('totalSamplesReceived', 'audio'),
		concealed: sum('concealedSamples', 'audio'),
		concealments: sum('concealmentEvents', 'audio'),
		longestConcealedMs,
		freezeSeconds: sum('totalFreezesDuration', 'video'),
		requests: sumOf(reports, 'outbound-rtp', 'pliCount', 'video') + sumOf(reports, 'outbound-rtp', 'firCount', 'video'),
	};
}

/** What came between two looks. */
export function between(before: Reception, after: Reception): Reception {
	return {
		atMs: after.atMs - before.atMs,
		frames: after.frames - before.frames,
		framesSent: after.framesSent - before.framesSent,
		samples: after.samples - before.samples,
		concealed: after.concealed - before.concealed,
		concealments: after.concealments - before.concealments,
		longestConcealedMs: after.longestConcealedMs,
		freezeSeconds: after.freezeSeconds - before.freezeSeconds,
		requests: after.requests - before.requests,
	};
}

/** Notes when frames of the page's video are shown, for {@link longestGapMs}; whatever stream it plays. */
export async function watchFrames(page: Page): Promise<void> {
	await page.evaluate(`{
		const video = [...document.querySelectorAll('video')].find(({ videoWidth }) => videoWidth > 0);
		globalThis.testFrameMs = performance.now();
		globalThis.testGapMs = 0;
		const shown = (nowMs) => {
			globalThis.testGapMs = Math.max(globalThis.testGapMs, nowMs - globalThis.testFrameMs);
			globalThis.testFrameMs = nowMs;
			video.requestVideoFrameCallback(shown);
		};
		video.requestVideoFrameCallback(shown);
	}`);
}

/** The longest time between two frames since the last call, milliseconds; the time since the last frame counts too. */
export async function longestGapMs(page: Page): Promise<number> {
	const ms: unknown = await page.evaluate(`(() => {
		const longest = Math.max(globalThis.testGapMs, performance.now() - globalThis.testFrameMs);
		globalThis.testGapMs = 0;
		return longest;
	})()`);
	return Number(ms);
}

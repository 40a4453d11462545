import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type StatsReport, sumOf, untilReports, watchPeers } from '../support/browser.ts';
import { describeWithProgram } from '../support/programs.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import { plainClientErrors, runPlainClient } from './plain-client.ts';

interface Session {
	readonly broadcasterWs: string;
	readonly viewerWebsocketUrl: string;
}

function isSession(value: unknown): value is Session {
	return typeof value === 'object' && value !== null && 'broadcasterWs' in value && 'viewerWebsocketUrl' in value;
}

/** MIME types of the codecs that streams of this kind use, of the reports of one page. */
function codecsOf(reports: readonly StatsReport[], kind: string): unknown[] {
	const used = reports.filter((report) => report.type === 'inbound-rtp' && report.kind === kind).map((report) => report.codecId);
	return reports.filter((report) => report.type === 'codec' && used.includes(report.id)).map((report) => report.mimeType);
}

describeWithProgram('chromium', 'A browser that sends', (chromium) => {
	let browser: Browser;
	let server: RunningServer;
	let context: BrowserContext;

	beforeAll(async () => {
		server = await startServer();
		browser = await launchBrowser(chromium);
		context = await browser.newContext();
		await watchPeers(context);
	}, 60_000);

	afterAll(async () => {
		await browser?.close();
		await server?.stop();
	});

	for (const codec of ['VP8', 'VP9', 'H264', 'AV1']) {
		test(`${codec} is seen and heard by a browser that came first and by one that comes later`, async () => {
			const answer = await fetch(`${server.url}/duress/help`, { method: 'POST', body: new URLSearchParams({ name: codec }) });
			const session: unknown = await answer.json();
			if (!isSession(session)) throw new Error('no session');
			const pages = [await context.newPage(), await context.newPage(), await context.newPage()] as const;
			for (const page of pages) await page.goto(`${server.url}/helper`);
			const [early, broadcaster, late] = pages;

			await runPlainClient(early, session.viewerWebsocketUrl);
			await runPlainClient(broadcaster, session.broadcasterWs, codec);
			await untilReports(broadcaster, 'frames sent', 15_000, (reports) => sumOf(reports, 'outbound-rtp', 'framesSent') > 5);
			await runPlainClient(late, session.viewerWebsocketUrl);
			for (const viewer of [early, late]) {
				const reports = await untilReports(viewer, `${codec} frames decode and sound is heard`, 15_000, (all) => {
					return sumOf(all, 'inbound-rtp', 'framesDecoded') > 15 && sumOf(all, 'inbound-rtp', 'totalAudioEnergy', 'audio') > 0;
				});
				expect(codecsOf(reports, 'video')).toEqual([`video/${codec}`]);
				expect(await plainClientErrors(viewer)).toEqual([]);
			}
			for (const page of pages) await page.close();
		}, 60_000);
	}
});

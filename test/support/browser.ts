import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { until } from './until.ts';

/** Fake camera and microphone, permissions granted, no traffic of the browser's own. */
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-dev-shm-usage',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
	'--use-fake-device-for-media-stream',
	'--use-fake-ui-for-media-stream',
	'--autoplay-policy=no-user-gesture-required',
];

/** A headless Chromium; `path` is what `requireProgram('chromium')` gives. Whoever launches it closes it. */
export async function launchBrowser(path: string, extraFlags: readonly string[] = []): Promise<Browser> {
	return await chromium.launch({ executablePath: path, headless: true, args: [...flags, ...extraFlags] });
}

/** Remembers every RTCPeerConnection that pages of this context make, so that `peerReports` can ask them. Before the first page. */
export async function watchPeers(context: BrowserContext): Promise<void> {
	await context.addInitScript(`
		globalThis.testPeers = [];
		globalThis.RTCPeerConnection = class extends RTCPeerConnection {
			constructor(...args) {
				super(...args);
				globalThis.testPeers.push(this);
			}
		};
	`);
}

/** One RTCStats object; `peer` counts the page's connections from 0. */
export type StatsReport = Readonly<Record<string, unknown>> & { readonly peer: number; readonly type: string };

function isReport(value: unknown): value is StatsReport {
	return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'peer' in value;
}

/** What `getStats()` says now of every connection of the page that is not closed (needs `watchPeers`). */
export async function peerReports(page: Page): Promise<StatsReport[]> {
	const reports: unknown = await page.evaluate(`(async () => {
		const all = [];
		for (const [peer, connection] of globalThis.testPeers.entries()) {
			if (connection.connectionState === 'closed') continue;
			for (const report of (await connection.getStats()).values()) all.push({ ...report, peer });
		}
		return all;
	})()`);
	return Array.isArray(reports) ? reports.filter(isReport) : [];
}

/** Sum of a numeric field over the reports of a type, of one kind of media when given; 0 when there is none. */
export function sumOf(reports: readonly StatsReport[], type: string, field: string, kind?: 'audio' | 'video'): number {
	let sum = 0;
	for (const report of reports) {
		if (report.type !== type || (kind !== undefined && report.kind !== kind)) continue;
		const value = report[field];
		if (typeof value === 'number') sum += value;
	}
	return sum;
}

/** Asks every 100 ms until `holds` accepts the page's reports; rejects with the last numbers when `withinMs` have passed. */
export async function untilReports(
	page: Page,
	what: string,
	withinMs: number,
	holds: (reports: StatsReport[]) => boolean,
): Promise<StatsReport[]> {
	const untilMs = performance.now() + withinMs;
	for (;;) {
		const reports = await peerReports(page);
		if (holds(reports)) return reports;
		if (performance.now() > untilMs)
			throw new Error(
				`${what}: not within ${withinMs} ms; last reports:\n${JSON.stringify(
					reports.filter((report) => report.type.endsWith('-rtp')),
					null,
					1,
				)}`,
			);
		await page.waitForTimeout(100);
	}
}

/**
 * Resolves when the page's expression is true; rejects after `withinMs`. Playwright's own `waitForFunction` evaluates strings within
 * the page, which the content security policy of the product's pages forbids.
 */
export async function untilTrue(page: Page, expression: string, withinMs: number): Promise<void> {
	await until(expression, withinMs, async () => (await page.evaluate(expression)) === true);
}

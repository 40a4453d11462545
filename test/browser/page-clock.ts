import type { BrowserContext, Page } from 'playwright-core';

/**
 * Notes, in pages of this context, when each signaling WebSocket opened and when the first video frame after it was decoded.
 * Before the first page.
 */
export async function watchFirstFrames(context: BrowserContext): Promise<void> {
	await context.addInitScript(`
		globalThis.testOpenedMs = [];
		globalThis.testFirstFrameMs = undefined;
		globalThis.WebSocket = class extends WebSocket {
			constructor(...args) {
				super(...args);
				this.addEventListener('open', () => globalThis.testOpenedMs.push(performance.now()));
			}
		};
		const look = () => {
			for (const video of document.querySelectorAll('video')) {
				if (video.videoWidth > 0 && video.readyState >= 2) {
					globalThis.testFirstFrameMs = performance.now();
					return;
				}
			}
			setTimeout(look, 5);
		};
		look();
	`);
}

/** Milliseconds from the opening of the page's last WebSocket to its first picture; undefined while there is none. */
export async function firstFrameMs(page: Page): Promise<number | undefined> {
	const ms: unknown = await page.evaluate('globalThis.testFirstFrameMs - globalThis.testOpenedMs.at(-1)');
	return typeof ms === 'number' && !Number.isNaN(ms) ? ms : undefined;
}

import type { RequestEvent } from '../registry/help-request.ts';
import { RequestBook } from '../registry/request-book.ts';
import type { Store } from './store.ts';

/**
 * The memory engine: one `RequestBook`. Atomic because each call runs to its end before another starts. Ended requests are
 * forgotten at once and live ones bounded by `LIVE_REQUESTS_MAX`, so memory does not grow with the age of the process; events
 * are handed to `onEvent` and not kept.
 */
export function createMemoryStore(
	options: { readonly liveMax?: number; readonly onEvent?: (event: RequestEvent) => void } = {},
): Store & { readonly book: RequestBook } {
	const book = new RequestBook(options);
	let open = true;
	return {
		book,
		help: async (input, nowMs) => book.help(input, nowMs),
		listen: async (nowMs) => book.listen(nowMs),
		giveHelp: async (target, helper, nowMs) => book.giveHelp(target, helper, nowMs),
		complete: async (target, helper, nowMs) => book.complete(target, helper, nowMs),
		cancel: async (target, reason, nowMs) => book.cancel(target, reason, nowMs),
		find: async (target) => book.find(target),
		setSignal: async (roomId, signal) => book.setSignal(roomId, signal),
		counts: async () => book.counts(),
		ready: () => open,
		close: async () => {
			open = false;
		},
	};
}

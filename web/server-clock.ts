/** By how many milliseconds the server's clock is ahead of this device's, as its last answer said. */
let aheadMs = 0;

/** Follows the `Date` of an answer (RFC 9110, section 6.6.1), which tells whole seconds: phones' clocks are off by more. */
export function followServerClock(headers: Headers): void {
	const ms = Date.parse(headers.get('date') ?? '');
	if (!Number.isNaN(ms)) aheadMs = ms - Date.now();
}

/** Unix seconds by the server's clock. */
export function serverNowS(): number {
	return (Date.now() + aheadMs) / 1000;
}

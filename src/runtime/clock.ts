/** Time as the stateful parts of the server see it: one port, so that tests move time by hand. */
export interface Clock {
	/** Monotonic milliseconds from an arbitrary start; never jumps when the wall clock is set. */
	nowMs(): number;
	/** Unix milliseconds, for timestamps that leave the process. */
	wallMs(): number;
	/** Calls `fn` once, `ms` from now. Returns its cancellation, which is harmless to call twice or too late. */
	setTimer(fn: () => void, ms: number): () => void;
}

/** The machine's own time. Its timers never keep the process alive: servers do that while they listen. */
export const systemClock: Clock = {
	nowMs: () => performance.now(),
	wallMs: () => Date.now(),
	setTimer(fn, ms) {
		const timer = setTimeout(fn, ms);
		timer.unref();
		return () => clearTimeout(timer);
	},
};

/**
 * A clock whose timers hold the last line of defence: a fault met in one of them must not end everybody's sessions. It goes to `onFault`,
 * and what the timer was for stays undone.
 */
export function guardedClock(clock: Clock, onFault: (fault: unknown) => void): Clock {
	return {
		nowMs: () => clock.nowMs(),
		wallMs: () => clock.wallMs(),
		setTimer: (fn, ms) =>
			clock.setTimer(() => {
				try {
					fn();
				} catch (fault) {
					onFault(fault);
				}
			}, ms),
	};
}

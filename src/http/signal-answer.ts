import { type Static, Type } from 'typebox';
import type { RequestSignal } from '../registry/help-request.ts';

/** The key `signal` of a request. */
export const SignalAnswer = Type.Object(
	{
		state: Type.Enum(['idle', 'live', 'lost'], { description: 'idle: nothing has come yet; live: media comes; lost: none for 5 s' }),
		since: Type.Integer({ description: 'Unix seconds; of a lost one when the last packet came' }),
	},
	{ description: "Whether the caller's picture or sound comes" },
);

export function signalAnswer({ state, sinceMs }: RequestSignal): Static<typeof SignalAnswer> {
	return { state, since: Math.floor(sinceMs / 1000) };
}

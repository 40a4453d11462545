import { expect, test } from 'vitest';
import { agoText, readSignal, signalText } from './signal.ts';

test('a signal is read as the server writes it, and anything else is none', () => {
	expect(readSignal({ state: 'lost', since: 1_700_000_000 })).toEqual({ state: 'lost', since: 1_700_000_000 });
	for (const other of [undefined, null, [], 'lost', { state: 'lost' }, { state: 'gone', since: 1 }, { state: 'live', since: '1' }]) {
		expect(readSignal(other)).toBeUndefined();
	}
});

test.each([
	['idle', 'No signal yet'],
	['live', 'Live signal'],
	['lost', 'Signal lost 12 s ago'],
] as const)('%s reads %s', (state, text) => {
	expect(signalText({ state, since: 100 }, 112.9)).toBe(text);
});

test('ages are short, and never negative where clocks differ', () => {
	expect([99, 159.9, 160, 3699, 3700, 90_000].map((nowS) => agoText(100, nowS))).toEqual([
		'0 s ago',
		'59 s ago',
		'1 min ago',
		'59 min ago',
		'1 h ago',
		'24 h ago',
	]);
});

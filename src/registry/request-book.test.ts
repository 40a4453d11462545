import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HelpRequest, NewRequest, RequestEvent, Target } from './help-request.ts';
import { STALE_AFTER_MS } from './listing.ts';
import { RequestBook } from './request-book.ts';

const request = (name: string, roomId: string, suspect = false): NewRequest => ({
	roomId,
	streamId: `stream of ${roomId}`,
	name,
	zone: 'Ward 3',
	mobile: '555',
	suspect,
});

const names = (book: RequestBook, nowMs = 0): string[] => {
	const listing = book.listen(nowMs);
	return listing === undefined ? [] : [listing.main, ...listing.others].map((listed) => listed.request.roomId);
};

describe('requests', () => {
	test('are listed: the newest first, then the others from the oldest', () => {
		const book = new RequestBook();
		for (const room of ['a', 'b', 'c', 'd']) book.help(request(room, room), 0);
		expect(names(book)).toEqual(['d', 'a', 'b', 'c']);
	});

	test('stand in three ranks: fresh, stale, suspect', () => {
		const book = new RequestBook();
		book.help(request('S1', 'suspect-1', true), 0);
		book.help(request('Old', 'old', false), 1);
		book.help(request('Older', 'old-2', false), 2);
		book.help(request('S2', 'suspect-2', true), STALE_AFTER_MS);
		book.help(request('New', 'new', false), STALE_AFTER_MS + 2);
		book.help(request('Newer', 'newer', false), STALE_AFTER_MS + 2);
		const listing = book.listen(STALE_AFTER_MS + 2);
		expect([listing?.main, ...(listing?.others ?? [])].map((listed) => [listed?.request.roomId, listed?.rank])).toEqual([
			['newer', 'fresh'],
			['new', 'fresh'],
			['old', 'stale'],
			['old-2', 'stale'],
			['suspect-1', 'suspect'],
			['suspect-2', 'suspect'],
		]);
	});

	test('are taken once, newest first; ended ones leave nothing behind', () => {
		const book = new RequestBook();
		book.help(request('Maria', 'one'), 0);
		book.help(request('Maria', 'two'), 0);
		expect(book.giveHelp({ name: 'Maria' }, 'Helga', 5)).toMatchObject({ outcome: 'taken', request: { roomId: 'two', takenAtMs: 5 } });
		expect(book.giveHelp({ roomId: 'two' }, 'Bert', 6)).toEqual({ outcome: 'taken-by-other', helper: 'Helga' });
		expect(book.giveHelp({ roomId: 'two' }, 'Helga', 6)).toMatchObject({ outcome: 'taken', repeated: true, request: { takenAtMs: 5 } });
		expect(book.complete({ name: 'Maria' }, 'Helga', 7)).toMatchObject({ outcome: 'completed', request: { roomId: 'two', endedAtMs: 7 } });
		expect(book.cancel({ name: 'Maria' }, undefined, 8)).toMatchObject({ outcome: 'cancelled', request: { roomId: 'one' } });
		expect(book.cancel({ name: 'Maria' }, undefined, 8)).toEqual({ outcome: 'nothing' });
		expect(book.held).toBe(0);
	});

	test('keep their signal through being taken, and forget it at their end', () => {
		const book = new RequestBook();
		const signal = (roomId: string) => book.find({ roomId })?.signal;
		book.help(request('Maria', 'one'), 7);
		expect(signal('one')).toEqual({ state: 'idle', sinceMs: 7 });
		book.setSignal('one', { state: 'live', sinceMs: 10 });
		book.giveHelp({ name: 'Maria' }, 'Helga', 11);
		expect(signal('one')).toEqual({ state: 'live', sinceMs: 10 });
		book.setSignal('one', { state: 'lost', sinceMs: 20 });
		expect(book.find({ roomId: 'one' })).toMatchObject({ status: 'taken', helper: 'Helga', signal: { state: 'lost', sinceMs: 20 } });
		expect(book.complete({ name: 'Maria' }, 'Helga', 30).outcome).toBe('completed');
		book.setSignal('one', { state: 'live', sinceMs: 40 });
		expect(signal('one')).toBeUndefined();
		expect(book.held).toBe(0);
	});

	test('are changed by a signal in nothing else, neither their order nor their history', () => {
		const events: RequestEvent[] = [];
		const book = new RequestBook({ onEvent: (event) => events.push(event) });
		for (const room of ['a', 'b', 'c']) book.help(request(room, room), 0);
		book.setSignal('a', { state: 'live', sinceMs: 1 });
		book.setSignal('a', { state: 'live', sinceMs: 2 });
		book.setSignal('nowhere', { state: 'live', sinceMs: 2 });
		expect(names(book)).toEqual(['c', 'a', 'b']);
		expect(book.listen(3)?.others[0]?.request.signal).toEqual({ state: 'live', sinceMs: 1 });
		expect(events.map(({ type }) => type)).toEqual(['opened', 'opened', 'opened']);
	});

	test('that one helper took out of order are completed from the newest', () => {
		const book = new RequestBook();
		for (const room of ['one', 'two', 'three']) book.help(request('Maria', room), 0);
		for (const roomId of ['two', 'three', 'one']) book.giveHelp({ roomId }, 'Helga', 1);
		const completed = [1, 2, 3].map(() => book.complete({ name: 'Maria' }, 'Helga', 2));
		expect(completed.map((outcome) => outcome.outcome === 'completed' && outcome.request.roomId)).toEqual(['three', 'two', 'one']);
	});

	test('past the limit make room: a suspect, else a stale, else a taken, else the oldest', () => {
		const book = new RequestBook({ liveMax: 4 });
		const late = STALE_AFTER_MS + 10;
		book.help(request('A', 'taken'), 0);
		book.giveHelp({ roomId: 'taken' }, 'Helga', 0);
		book.help(request('B', 'stale'), 1);
		book.help(request('C', 'suspect', true), late);
		book.help(request('D', 'fresh'), late);
		const dropped = ['e', 'f', 'g', 'h'].map((room) => book.help(request(room, room), late).dropped?.roomId);
		expect(dropped).toEqual(['suspect', 'stale', 'taken', 'fresh']);
		expect(book.counts()).toEqual({ open: 4, taken: 0 });
	});

	test('tell what happened to them', () => {
		const events: RequestEvent[] = [];
		const book = new RequestBook({ liveMax: 2, onEvent: (event) => events.push(event) });
		book.help(request('Maria', 'one'), 1);
		book.giveHelp({ name: 'Maria' }, 'Helga', 2);
		book.complete({ name: 'Maria' }, 'Helga', 3);
		book.help(request('Maria', 'two'), 4);
		book.cancel({ roomId: 'two' }, 'mistake', 5);
		for (const room of ['three', 'four', 'five']) book.help(request('Maria', room), 6);
		expect(events).toEqual([
			{ type: 'opened', roomId: 'one', atMs: 1 },
			{ type: 'taken', roomId: 'one', atMs: 2, helper: 'Helga' },
			{ type: 'completed', roomId: 'one', atMs: 3, helper: 'Helga' },
			{ type: 'opened', roomId: 'two', atMs: 4 },
			{ type: 'cancelled', roomId: 'two', atMs: 5, reason: 'mistake' },
			{ type: 'opened', roomId: 'three', atMs: 6 },
			{ type: 'opened', roomId: 'four', atMs: 6 },
			{ type: 'dropped', roomId: 'three', atMs: 6 },
			{ type: 'opened', roomId: 'five', atMs: 6 },
		]);
	});

	test.each([
		['each under a name of its own', (i: number) => `Victim ${i}`, (i: number) => `Helper ${i}`],
		['all under one name', () => 'Maria', (i: number) => `Helper ${i}`],
		['all under one name and one helper', () => 'Maria', () => 'Helga'],
	])('of 100,000, %s, any is found, taken and ended at once, in any order', (_how, nameOf, helperOf) => {
		const book = new RequestBook();
		const count = 100_000;
		const startMs = performance.now();
		for (let i = 0; i < count; i++) book.help(request(nameOf(i), `room ${i}`), i);
		for (let i = 0; i < 10_000; i++) book.listen(count);
		// A step that shares no factor with the count visits every request once, in no order.
		for (let i = 0; i < count; i++) {
			const room = (i * 7_919) % count;
			book.giveHelp({ roomId: `room ${room}` }, helperOf(room), count);
		}
		for (let i = 0; i < count; i++) book.complete({ name: nameOf(i) }, helperOf(i), count);
		expect(book.held).toBe(0);
		// Seconds at most; a walk along all that are held would take minutes.
		expect(performance.now() - startMs).toBeLessThan(15_000);
	});
});

/** The rules of the contract, said as plainly as possible over one list. */
class ModelBook {
	readonly requests: { roomId: string; name: string; suspect: boolean; atMs: number; helper?: string }[] = [];

	matching(target: Target) {
		return this.requests.filter((one) => ('roomId' in target ? one.roomId === target.roomId : one.name === target.name)).reverse();
	}

	giveHelp(target: Target, helper: string): string {
		const [newest] = this.matching(target);
		const open = this.matching(target).find((one) => one.helper === undefined);
		if (open !== undefined) {
			open.helper = helper;
			return `took ${open.roomId}`;
		}
		if (newest === undefined) return 'none';
		return newest.helper === helper ? `took ${newest.roomId}` : `by ${newest.helper}`;
	}

	complete(target: Target, helper: string): string {
		const mine = this.matching(target).find((one) => one.helper === helper);
		const open = this.matching(target).find((one) => one.helper === undefined);
		const ended = mine ?? open;
		if (ended === undefined) return this.matching(target)[0] === undefined ? 'nothing' : `by ${this.matching(target)[0]?.helper}`;
		return this.end(ended.roomId);
	}

	cancel(target: Target): string {
		const [newest] = this.matching(target);
		return newest === undefined ? 'nothing' : this.end(newest.roomId);
	}

	end(roomId: string): string {
		this.requests.splice(
			this.requests.findIndex((one) => one.roomId === roomId),
			1,
		);
		return `ended ${roomId}`;
	}

	listen(nowMs: number): string[] {
		const rank = (one: { suspect: boolean; atMs: number }): number => (one.suspect ? 2 : nowMs - one.atMs >= STALE_AFTER_MS ? 1 : 0);
		const open = this.requests.filter((one) => one.helper === undefined);
		const best = Math.min(...open.map(rank));
		const main = open.filter((one) => rank(one) === best).at(-1);
		const others = [0, 1, 2].flatMap((wanted) => open.filter((one) => one !== main && rank(one) === wanted)).slice(0, 20);
		return main === undefined ? [] : [main, ...others].map((one) => one.roomId);
	}
}

test('whatever is called in whatever order, the book agrees with the rules said plainly', () => {
	const name = fc.constantFrom('Maria', 'Josef');
	const helper = fc.constantFrom('Helga', 'Bert');
	const target = fc.oneof(
		name.map((one) => ({ name: one })),
		fc.nat(12).map((one) => ({ roomId: `room ${one}` })),
	);
	const call = fc.oneof(
		fc.record({ call: fc.constant('help' as const), name, suspect: fc.boolean() }),
		fc.record({ call: fc.constant('give' as const), target, helper }),
		fc.record({ call: fc.constant('complete' as const), target, helper }),
		fc.record({ call: fc.constant('cancel' as const), target }),
		fc.record({ call: fc.constant('wait' as const), ms: fc.nat(STALE_AFTER_MS) }),
	);
	const property = fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
		const book = new RequestBook();
		const model = new ModelBook();
		let nowMs = 0;
		let rooms = 0;
		for (const step of calls) {
			if (step.call === 'wait') nowMs += step.ms;
			else if (step.call === 'help') {
				const roomId = `room ${rooms++}`;
				book.help(request(step.name, roomId, step.suspect), nowMs);
				model.requests.push({ roomId, name: step.name, suspect: step.suspect, atMs: nowMs });
			} else if (step.call === 'give') {
				const given = book.giveHelp(step.target, step.helper, nowMs);
				const said =
					given.outcome === 'taken' ? `took ${given.request.roomId}` : given.outcome === 'none-open' ? 'none' : `by ${given.helper}`;
				expect(said).toBe(model.giveHelp(step.target, step.helper));
			} else if (step.call === 'complete') {
				const ended = book.complete(step.target, step.helper, nowMs);
				const said =
					ended.outcome === 'completed' ? `ended ${ended.request.roomId}` : ended.outcome === 'nothing' ? 'nothing' : `by ${ended.helper}`;
				expect(said).toBe(model.complete(step.target, step.helper));
			} else {
				const ended = book.cancel(step.target, undefined, nowMs);
				expect(ended.outcome === 'cancelled' ? `ended ${ended.request.roomId}` : 'nothing').toBe(model.cancel(step.target));
			}
			expect(names(book, nowMs)).toEqual(model.listen(nowMs));
			for (const one of ['Maria', 'Josef']) {
				const found: HelpRequest | undefined = book.find({ name: one });
				expect(found?.roomId).toBe(model.matching({ name: one })[0]?.roomId);
				expect(found?.helper).toBe(model.matching({ name: one })[0]?.helper);
			}
		}
		for (const { roomId } of [...model.requests]) book.cancel({ roomId }, undefined, nowMs);
		expect(book.held).toBe(0);
	});
	fc.assert(property, { numRuns: 300 });
});

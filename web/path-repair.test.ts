import { expect, test } from 'vitest';
import { PathRepair, type Remedy } from './path-repair.ts';

/** What is done from now on with nobody answering, and when. */
function remedies(repair: PathRepair, hasSocket = true): (readonly [number, Remedy])[] {
	const done: (readonly [number, Remedy])[] = [];
	while (repair.dueMs < Number.POSITIVE_INFINITY) {
		const nowMs = repair.dueMs;
		const remedy = repair.remedy(nowMs, hasSocket);
		if (remedy !== undefined) done.push([nowMs, remedy]);
	}
	return done;
}

test('a path that flickers is left alone', () => {
	const repair = new PathRepair();
	repair.connectionState('disconnected', 1000);
	expect(repair.remedy(2999, true)).toBeUndefined();
	repair.connectionState('connected', 2999);
	expect(repair.dueMs).toBe(Number.POSITIVE_INFINITY);
});

test('a path that stays away is restarted after 2 s, a failed one at once', () => {
	const repair = new PathRepair();
	repair.connectionState('disconnected', 1000);
	expect(repair.remedy(3000, true)).toBe('restart');

	const failed = new PathRepair();
	failed.connectionState('disconnected', 1000);
	failed.connectionState('failed', 1500);
	expect(failed.remedy(1500, true)).toBe('restart');
});

test('a socket that brings no offer is replaced, and asked again when it is back', () => {
	const repair = new PathRepair();
	repair.connectionState('failed', 0);
	expect(remedies(repair)).toEqual([
		[0, 'restart'],
		[2500, 'replace-socket'],
	]);
	repair.socketReturned(3000);
	expect(repair.remedy(3000, true)).toBe('restart');
	repair.offered(3100);
	repair.connectionState('connected', 3400);
	expect(remedies(repair)).toEqual([]);
});

test('after three restarts that change nothing everything begins anew, and not again by itself', () => {
	const repair = new PathRepair();
	repair.connectionState('failed', 0);
	const done: (Remedy | undefined)[] = [];
	for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
		const remedy = repair.remedy(nowMs, true);
		if (remedy === undefined) continue;
		done.push(remedy);
		repair.offered(nowMs);
		repair.connectionState('failed', nowMs);
	}
	expect(done.slice(0, 4)).toEqual(['restart', 'restart', 'restart', 'anew']);
});

test('without a socket nothing is done until it returns', () => {
	const repair = new PathRepair();
	repair.connectionState('failed', 0);
	expect(remedies(repair, false)).toEqual([]);
	repair.socketReturned(9000);
	expect(repair.remedy(9000, true)).toBe('restart');
});

test('a changed network is followed by one restart where the path seems well', () => {
	const repair = new PathRepair();
	repair.networkChanged(0);
	expect(repair.remedy(0, true)).toBe('restart');
	repair.offered(50);
	expect(repair.dueMs).toBe(Number.POSITIVE_INFINITY);

	// Nobody answers at all: the path that seems well is not given up for that.
	repair.networkChanged(1000);
	const done: Remedy[] = [];
	for (let round = 0; round < 10; round += 1) {
		done.push(...remedies(repair).map(([, remedy]) => remedy));
		repair.socketReturned(10_000 * (round + 1));
	}
	expect(done).toEqual(['restart', 'replace-socket', 'restart', 'replace-socket', 'restart', 'replace-socket']);
});

test('offers that were not asked for change nothing', () => {
	const repair = new PathRepair();
	repair.offered(0);
	repair.connectionState('disconnected', 0);
	repair.offered(10);
	expect(repair.dueMs).toBe(2000);
});

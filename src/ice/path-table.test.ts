import { expect, test } from 'vitest';
import { PathTable, QUIET_MS } from './path-table.ts';

const wifi = { address: '192.0.2.1', port: 1000 };
const cellular = { address: '198.51.100.1', port: 2000 };

/** A peer that nominated once, on Wi-Fi, and never says so again. */
function settledTable(): PathTable {
	const table = new PathTable();
	table.freshCheck(wifi, true, 0);
	return table;
}

test('without a new nomination two checks from elsewhere move the path once the old one has been quiet', () => {
	const table = settledTable();
	expect(table.freshCheck(cellular, false, 1000).moved).toBe(false);
	expect(table.freshCheck(cellular, false, QUIET_MS - 1).moved).toBe(false);
	expect(table.freshCheck(cellular, false, QUIET_MS).moved).toBe(true);
	expect(table.selected).toMatchObject(cellular);
});

test('a check and media from elsewhere move it too, media alone or one check alone does not', () => {
	const media = settledTable();
	for (let ms = 100; ms < 20_000; ms += 100) expect(media.media(cellular, ms).moved).toBe(false);
	const check = settledTable();
	expect(check.freshCheck(cellular, false, 20_000).moved).toBe(false);
	const both = settledTable();
	both.freshCheck(cellular, false, 1000);
	expect(both.media(cellular, QUIET_MS).moved).toBe(true);
	expect(both.selected).toMatchObject(cellular);
});

test('nothing from elsewhere moves it while the selected path is used', () => {
	const table = settledTable();
	for (let ms = 0; ms < 60_000; ms += 1000) {
		table.freshCheck(wifi, false, ms);
		table.freshCheck(cellular, false, ms + 100);
		table.media(cellular, ms + 200);
		expect(table.selected).toMatchObject(wifi);
	}
});

test('what came before the old path fell quiet does not count', () => {
	const table = settledTable();
	table.freshCheck(cellular, false, 100);
	table.freshCheck(cellular, false, 200);
	table.media(wifi, 300);
	expect(table.freshCheck(cellular, false, 300 + QUIET_MS).moved).toBe(false);
	expect(table.freshCheck(cellular, false, 400 + QUIET_MS).moved).toBe(true);
});

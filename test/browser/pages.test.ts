import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { describeWithProgram } from '../support/programs.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

describeWithProgram('chromium', 'The pages', (chromium) => {
	let browser: Browser;
	let server: RunningServer;

	beforeAll(async () => {
		server = await startServer();
		browser = await launchBrowser(chromium);
	});

	afterAll(async () => {
		await browser?.close();
		await server?.stop();
	});

	/** Opens a page in a context of its own (`before` may prepare it) and collects what the browser complains about. */
	async function open(path: string, before: string = ''): Promise<{ page: Page; complaints: string[] }> {
		const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
		onTestFinished(() => context.close());
		await context.addInitScript(before);
		const page = await context.newPage();
		const complaints: string[] = [];
		page.on('console', (message) => {
			if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
		});
		page.on('pageerror', (error) => complaints.push(error.message));
		await page.goto(server.url + path);
		return { page, complaints };
	}

	/** Whether something is wider than the screen. */
	async function overflows(page: Page): Promise<unknown> {
		return await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
	}

	async function callAs(name: string, before?: string): Promise<{ page: Page; complaints: string[] }> {
		const opened = await open('/', before);
		await opened.page.fill('#name', name);
		await opened.page.click('#help');
		await opened.page.getByText('Waiting for a helper').waitFor();
		return opened;
	}

	test('from call to "I am safe" nothing is wider than a small phone, and the browser has no complaint', async () => {
		const victim = await callAs('Maria-with-a-very-long-name-that-has-no-place-to-break-anywhere-at-all');
		const helper = await open('/helper');
		await helper.page.fill('#me', 'Bob');
		await helper.page.getByRole('button', { name: 'Watch' }).click();
		await helper.page.getByText('Live', { exact: true }).waitFor();
		await helper.page.getByRole('button', { name: 'Take' }).click();
		await victim.page.getByText('Bob is coming').waitFor();
		expect([await overflows(victim.page), await overflows(helper.page)]).toEqual([false, false]);

		await victim.page.click('#safe');
		await victim.page.getByText('Good that you are safe').waitFor();
		await helper.page.getByText('The call has ended.').waitFor();
		await helper.page.getByText('Nobody is calling').waitFor();
		expect([...victim.complaints, ...helper.complaints]).toEqual([]);
	});

	test('a reload goes on with the same call', async () => {
		const { page } = await callAs('Rosa');
		await page.reload();
		await page.getByText('Waiting for a helper').waitFor();
		expect(await (await fetch(`${server.url}/duress/listen`)).json()).toMatchObject({ name: 'Rosa', openCount: 1 });
		await page.click('#safe');
		await page.getByText('Good that you are safe').waitFor();
	});

	test.each([
		['without a camera sound is sent alone', 'constraints.video', 'helpers hear you'],
		['without any device the call is made all the same', 'true', 'Your call is sent without them'],
	])('%s', async (_what, refused, says) => {
		const { page } = await callAs(
			'Eva',
			`const ask = MediaDevices.prototype.getUserMedia;
			MediaDevices.prototype.getUserMedia = function (constraints) {
				return ${refused} ? Promise.reject(new DOMException('no', 'NotFoundError')) : ask.call(this, constraints);
			};`,
		);
		await page.getByText(says).waitFor();
		expect(await (await fetch(`${server.url}/duress/listen`)).json()).toMatchObject({ name: 'Eva' });
		await page.click('#safe');
		await page.getByText('Good that you are safe').waitFor();
	});

	test('a call without a name gets one', async () => {
		const { page } = await open('/');
		await page.click('#help');
		await page.getByText('Waiting for a helper').waitFor();
		expect(await (await fetch(`${server.url}/duress/listen`)).json()).toMatchObject({ name: expect.stringMatching(/^Guest \d{4}$/) });
		await page.click('#safe');
		await page.getByText('Good that you are safe').waitFor();
	});

	test('a helper who was too late is told who came first', async () => {
		const victim = await callAs('Lena');
		const late = await open('/helper');
		await late.page.fill('#me', 'Late');
		await late.page.getByRole('button', { name: 'Take' }).waitFor();
		// This page does not learn in time that the call is taken.
		await late.page.route('**/duress/listen', (route) => route.abort());
		const taken = await fetch(`${server.url}/duress/give_help?name=Lena&helper=Early`, { method: 'POST' });
		expect(taken.status).toBe(200);
		await late.page.getByRole('button', { name: 'Take' }).click();
		await late.page.getByText('Early has taken this call.').waitFor();
		await victim.page.click('#safe');
		await victim.page.getByText('Good that you are safe').waitFor();
	});
});

"""Drives a sandbox exchange with CCXT, a client written by others for the real exchange.

Usage: check_ccxt.py http://127.0.0.1:8900 KEY SECRET

CCXT is only told other addresses (its "urls" option). Prints a line for each check and at the end
"N passed, N failed"; the exit status is 0 when all passed.
"""

import asyncio
import sys
import time

import ccxt
import ccxt.pro

SYMBOL = "BTC/USDT"
WITHIN_SECONDS = 30

passed = 0
failed = 0


def report(name, error=None):
    global passed, failed
    if error is None:
        passed += 1
        print(f"ccxt: ok      {name}", flush=True)
    else:
        failed += 1
        print(f"ccxt: FAILED  {name}: {type(error).__name__}: {error}", flush=True)


def check(name, step, *args):
    try:
        result = step(*args)
    except Exception as error:  # every kind of failure is a result here
        report(name, error)
        return None
    report(name)
    return result


def expect(condition, seen):
    if not condition:
        raise AssertionError(f"got {str(seen)[:500]}")


def expect_error(kind, step, *args):
    try:
        answer = step(*args)
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was expected, got {str(answer)[:200]}")


def addresses(base):
    stream = base.replace("http://", "ws://", 1) + "/ws"
    return {
        "api": {
            "spot": {"public": base, "private": base},
            "spot2": {"public": base + "/open/api/v2", "private": base + "/open/api/v2"},
            "contract": {
                "public": base + "/api/v1/contract",
                "private": base + "/api/v1/private",
            },
            "broker": {"private": base + "/api/v3/broker"},
            "ws": {"spot": stream, "swap": stream},
        }
    }


def options(base, key, secret):
    return {"apiKey": key, "secret": secret, "urls": addresses(base), "timeout": 10_000}


def eventually(name, probe):
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{name} did not happen within {WITHIN_SECONDS} s")


# --- market data ----------------------------------------------------------------------------------


def load_markets(exchange):
    markets = exchange.load_markets()
    expect(len(markets) > 50 and SYMBOL in markets, list(markets)[:5])
    market = markets[SYMBOL]
    expect(market["spot"] and market["active"], market)
    expect(market["precision"]["price"] and market["precision"]["amount"], market)


def fetch_ticker(exchange):
    ticker = exchange.fetch_ticker(SYMBOL)
    expect(0 < ticker["bid"] < ticker["ask"] and ticker["last"] > 0, ticker)


def fetch_order_book(exchange):
    book = exchange.fetch_order_book(SYMBOL, 20)
    bids, asks = book["bids"], book["asks"]
    expect(len(bids) == 20 and len(asks) == 20 and bids[0][0] < asks[0][0], book)
    expect(bids == sorted(bids, reverse=True) and asks == sorted(asks), book)


def fetch_ohlcv(exchange):
    for timeframe, milliseconds in (("1m", 60_000), ("1h", 3_600_000)):
        candles = exchange.fetch_ohlcv(SYMBOL, timeframe, limit=100)
        expect(len(candles) == 100, candles)
        distances = {later[0] - earlier[0] for earlier, later in zip(candles, candles[1:])}
        expect(distances == {milliseconds}, distances)
        sound = all(low <= min(o, c) and max(o, c) <= high for _, o, high, low, c, _ in candles)
        expect(sound, candles)


def fetch_trades(exchange):
    trades = exchange.fetch_trades(SYMBOL, limit=50)
    expect(len(trades) == 50 and trades[0]["price"] > 0, trades[:1])


# --- trading --------------------------------------------------------------------------------------


def fetch_balance(exchange):
    balance = exchange.fetch_balance()
    expect(balance["USDT"]["free"] > 0, balance)


def finished(exchange, order):
    def probe():
        found = exchange.fetch_order(order["id"], SYMBOL)
        return found if found["status"] in ("closed", "canceled") else None

    return eventually("the end of the order", probe)


def market_buy_by_cost(exchange):
    order = exchange.create_market_buy_order_with_cost(SYMBOL, 25)
    found = finished(exchange, order)
    expect(found["status"] == "closed" and found["side"] == "buy", found)
    expect(20 < found["cost"] <= 25 and found["filled"] > 0, found)
    return found


def market_sell(exchange, bought):
    amount = float(exchange.amount_to_precision(SYMBOL, bought["filled"]))
    found = finished(exchange, exchange.create_market_sell_order(SYMBOL, amount))
    expect(found["status"] == "closed" and found["filled"] == amount, found)
    return found


def far_below(exchange):
    return float(exchange.price_to_precision(SYMBOL, exchange.fetch_ticker(SYMBOL)["last"] * 0.9))


def limit_and_cancel(exchange):
    client_id = f"ccxt-{int(time.time() * 1000)}"
    price = far_below(exchange)
    order = exchange.create_limit_buy_order(SYMBOL, 0.001, price, {"clientOrderId": client_id})
    opened = exchange.fetch_open_orders(SYMBOL)
    expect([found["id"] for found in opened] == [order["id"]], opened)
    expect(opened[0]["price"] == price and opened[0]["clientOrderId"] == client_id, opened)
    locked = exchange.fetch_balance()["USDT"]["used"]
    expect(abs(locked - price * 0.001) < 1e-6, locked)
    exchange.cancel_order(order["id"], SYMBOL)
    found = exchange.fetch_order(order["id"], SYMBOL)
    expect(found["status"] == "canceled" and found["filled"] == 0, found)
    expect(exchange.fetch_open_orders(SYMBOL) == [], "open orders after the cancel")
    expect_error(ccxt.ExchangeError, exchange.cancel_order, order["id"], SYMBOL)


def immediate_or_cancel(exchange):
    ask = exchange.fetch_ticker(SYMBOL)["ask"]
    price = float(exchange.price_to_precision(SYMBOL, ask * 1.001))
    params = {"timeInForce": "IOC"}
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.0005, price, params)
    found = finished(exchange, order)
    expect(found["filled"] == 0.0005, found)
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.0005, far_below(exchange), params)
    found = finished(exchange, order)
    expect(found["status"] == "canceled" and found["filled"] == 0, found)


def post_only(exchange):
    params = {"postOnly": True}
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.001, far_below(exchange), params)
    expect(exchange.fetch_order(order["id"], SYMBOL)["status"] == "open", order)
    exchange.cancel_all_orders(SYMBOL)
    expect(exchange.fetch_order(order["id"], SYMBOL)["status"] == "canceled", order)


def fetch_my_trades(exchange, bought, sold):
    trades = exchange.fetch_my_trades(SYMBOL)
    ids = {trade["order"] for trade in trades}
    expect({bought["id"], sold["id"]} <= ids, ids)
    expect(all(trade["fee"]["currency"] == "USDT" for trade in trades), trades[:1])
    mine = [trade for trade in trades if trade["order"] == bought["id"]]
    expect(abs(sum(trade["amount"] for trade in mine) - bought["filled"]) < 1e-12, mine)


def fetch_orders(exchange, bought):
    orders = exchange.fetch_orders(SYMBOL)
    expect(bought["id"] in {order["id"] for order in orders}, orders[:1])


# --- refusals -------------------------------------------------------------------------------------


def bad_signature(base, key):
    forger = ccxt.mexc(options(base, key, "not-the-secret"))
    expect_error(ccxt.AuthenticationError, forger.fetch_balance)


def bad_key(base, secret):
    stranger = ccxt.mexc(options(base, "mx0nobody", secret))
    # CCXT has no better name for the exchange's code 10072.
    expect_error(ccxt.BadRequest, stranger.fetch_balance)


def unknown_symbol(exchange):
    expect_error(ccxt.BadSymbol, exchange.fetch_ticker, "NOSUCHCOIN/USDT")
    expect_error(ccxt.BadSymbol, exchange.spotPublicGetDepth, {"symbol": "NOSUCHCOINUSDT"})


def insufficient_funds(exchange):
    price = far_below(exchange)
    expect_error(ccxt.InsufficientFunds, exchange.create_limit_buy_order, SYMBOL, 10, price)
    last = exchange.fetch_ticker(SYMBOL)["last"]
    above = float(exchange.price_to_precision(SYMBOL, last * 1.1))
    expect_error(ccxt.InsufficientFunds, exchange.create_limit_sell_order, SYMBOL, 10, above)


def invalid_order(exchange):
    price = far_below(exchange)
    expect_error(ccxt.InvalidOrder, exchange.create_limit_buy_order, SYMBOL, 0.000001, price)


# --- streams --------------------------------------------------------------------------------------


async def stream_check(name, step):
    try:
        await asyncio.wait_for(step, WITHIN_SECONDS)
    except Exception as error:  # every kind of failure is a result here
        report(name, error)
    else:
        report(name)


async def watch_public(exchange):
    async def ticker():
        found = await exchange.watch_ticker(SYMBOL)
        expect(0 < found["bid"] < found["ask"], found)

    async def trades():
        found = await exchange.watch_trades(SYMBOL)
        expect(found and found[0]["price"] > 0 and found[0]["symbol"] == SYMBOL, found)

    async def book():
        for _ in range(5):
            found = await exchange.watch_order_book(SYMBOL)
            expect(found["bids"][0][0] < found["asks"][0][0], (found["bids"][:1], found["asks"][:1]))

    async def candles():
        found = await exchange.watch_ohlcv(SYMBOL, "1m")
        expect(found[-1][0] % 60_000 == 0, found)

    await stream_check("watch_ticker", ticker())
    await stream_check("watch_trades", trades())
    await stream_check("watch_order_book", book())
    await stream_check("watch_ohlcv", candles())


async def watch_private(exchange):
    async def one(watching, wanted):
        while True:
            found = await watching()
            found = found if isinstance(found, list) else [found]
            match = [entry for entry in found if wanted(entry)]
            if match:
                return match[0]

    async def watched(watching, wanted):
        """Trades until the stream shows what is wanted."""
        waiting = asyncio.ensure_future(one(watching, wanted))
        # The subscription needs a moment, and nothing tells when it is there: trade again.
        while not waiting.done():
            await exchange.create_market_buy_order_with_cost(SYMBOL, 10)
            await asyncio.wait([waiting], timeout=1)
        return await waiting

    async def orders():
        closed = lambda order: order["status"] == "closed" and order["filled"] > 0
        await watched(lambda: exchange.watch_orders(SYMBOL), closed)

    async def my_trades():
        bought = lambda trade: trade["side"] == "buy" and trade["amount"] > 0
        await watched(lambda: exchange.watch_my_trades(SYMBOL), bought)

    async def balance():
        await watched(exchange.watch_balance, lambda found: found["USDT"]["free"] > 0)

    await stream_check("watch_orders", orders())
    await stream_check("watch_my_trades", my_trades())
    await stream_check("watch_balance", balance())


async def streams(base, key, secret):
    exchange = ccxt.pro.mexc(options(base, key, secret))
    try:
        await exchange.load_markets()
        await watch_public(exchange)
        await watch_private(exchange)
    finally:
        await exchange.close()


def main(base, key, secret):
    print(f"ccxt: version {ccxt.__version__} against {base}", flush=True)
    exchange = ccxt.mexc(options(base, key, secret))
    check("load_markets", load_markets, exchange)
    check("fetch_ticker", fetch_ticker, exchange)
    check("fetch_order_book", fetch_order_book, exchange)
    check("fetch_ohlcv", fetch_ohlcv, exchange)
    check("fetch_trades", fetch_trades, exchange)
    check("fetch_balance", fetch_balance, exchange)
    bought = check("create market buy by cost", market_buy_by_cost, exchange)
    sold = check("create market sell", market_sell, exchange, bought)
    check("limit order, open orders, cancel", limit_and_cancel, exchange)
    check("immediate or cancel", immediate_or_cancel, exchange)
    check("post only, cancel all", post_only, exchange)
    check("fetch_my_trades", fetch_my_trades, exchange, bought, sold)
    check("fetch_orders", fetch_orders, exchange, bought)
    check("a bad signature is an AuthenticationError", bad_signature, base, key)
    check("an unknown key is refused", bad_key, base, secret)
    check("an unknown symbol is a BadSymbol", unknown_symbol, exchange)
    check("too little money is an InsufficientFunds", insufficient_funds, exchange)
    check("too small an order is an InvalidOrder", invalid_order, exchange)
    asyncio.run(streams(base, key, secret))
    print(f"ccxt: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

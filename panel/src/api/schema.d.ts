// Written by `npm run schema` from the service's /openapi.json.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The panel for browsers; a list of what there is to call for everybody else. */
        get: operations["index"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every channel's record, last heard first. */
        get: operations["channels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page. */
        get: operations["documentPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/equity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the account is worth, and the curve of realised results. */
        get: operations["equity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The journal. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's balances, fresh. */
        get: operations["balance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much may still be asked of the exchange: exits go before entries, entries before questions. */
        get: operations["budget"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/candles/{symbol}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finished candles of a pair. */
        get: operations["candles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pairs that are listed. */
        get: operations["markets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Asks the exchange whether it answers. */
        get: operations["ping"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/test-order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Judges a direct order and sends nothing. */
        get: operations["tryOrder"];
        put?: never;
        /** A direct order: judged only unless `dry_run` is false. */
        post: operations["testOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exchange/ticker/{symbol}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The present price of a pair. */
        get: operations["ticker"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says that the process is alive. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an alert whose secret stands in the header `X-Hook-Secret` or in the body's `secret`. */
        post: operations["takeHook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{name}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an alert whose secret is the end of the address, for senders that know nothing else. */
        post: operations["takeHookBySecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says that the process is alive, like `/healthz`. */
        get: operations["liveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/log-level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much is logged. */
        get: operations["logLevel"];
        /** Changes how much is logged, until the process ends. */
        put: operations["setLogLevel"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/prom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders as they stand. */
        get: operations["orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels an open order. */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is held, or was. */
        get: operations["positions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/positions/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sells what is left of a position at the market. */
        post: operations["closePosition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/positions/adjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The user's word on a difference that could not be explained: what is really held. */
        post: operations["adjustPosition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service may trade: journal writable, exchange and prices there, clock right, journal and exchange compared. Without streams it trades on prices asked for by REST and is ready, but degraded. */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/risk/kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pulls the kill switch: works at any time. */
        post: operations["kill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/risk/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The policy in force, and the table. */
        get: operations["policy"];
        /** Switches the policy. Plans of open positions stay. */
        put: operations["setPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/risk/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the orders that risk rules blocked would have won or lost. */
        get: operations["riskReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/risk/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Releases the kill switch. */
        post: operations["resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/risk/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the limits are used. */
        get: operations["riskStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a key is needed, and whether the caller is signed in. */
        get: operations["session"];
        put?: never;
        /** Exchanges a key for a session cookie. */
        post: operations["signIn"];
        /** Ends the session. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every setting, secrets hidden. */
        get: operations["settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages and what came of them. */
        get: operations["signals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/ingest-and-score": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads, scores and, where settings and risk allow, trades a message. */
        post: operations["ingestSignal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The labels in force. */
        get: operations["signalLabels"];
        put?: never;
        /** Keeps what a message really means. It is on disk before the answer. */
        post: operations["labelSignal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/score": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads and scores a message; nothing is traded. */
        post: operations["scoreSignal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The journal, live.
         * @description Comes back with `Last-Event-ID` after a break: no hole, nothing twice. A listener that reads too
         *     slowly gets an event `end` with the reason, and may come back as well.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trace/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One story from message to close. */
        get: operations["trace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was filled. */
        get: operations["trades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AdjustAnswer: {
            held: components["schemas"]["Num"];
            id: string;
            /** @description Whether it was done. */
            ok: boolean;
        };
        /** @description What is really held. */
        AdjustRequest: {
            /**
             * Format: double
             * @description Base quantity, less than what the journal says; 0 for none.
             */
            held: number;
            position_id: string;
        };
        Alive: {
            /** @description Whether it was done. */
            ok: boolean;
            status: string;
        };
        AnyPosition: components["schemas"]["PositionView"] | components["schemas"]["ClosedView"];
        /**
         * @description What is done with signals: traded, only tried, or neither.
         * @enum {string}
         */
        AutoRoute: "on" | "dry_run" | "off";
        Balances: {
            balances: components["schemas"]["BalanceView"][];
            exchange: components["schemas"]["ExchangeName"];
            /** @description Whether it was done. */
            ok: boolean;
        };
        BalanceView: {
            asset: string;
            free: components["schemas"]["Num"];
            locked: components["schemas"]["Num"];
            total: components["schemas"]["Num"];
        };
        /** @description How much may still be asked of the exchange, for `/exchange/budget`. */
        Budget: {
            /** @description Whether it should be shared but the store is lost: each process then keeps to its part. */
            degraded: boolean;
            /** @description Whether it was done. */
            ok: boolean;
            /**
             * Format: int64
             * @description How much longer the exchange wants silence, milliseconds.
             */
            paused_ms: number;
            /** @description Whether other processes use the same budget. */
            shared: boolean;
            /** @description Requests that wait for their turn, by lane, the most urgent first. */
            waiting: components["schemas"]["BudgetLane"][];
            /** @description What is allowed within each window. */
            windows: components["schemas"]["BudgetWindow"][];
        };
        /** @description Requests of one kind that wait. */
        BudgetLane: {
            /** @description `exit`, `entry` or `query`. */
            lane: string;
            /** @description How many. */
            waiting: number;
        };
        /** @description One window of the budget. */
        BudgetWindow: {
            /**
             * Format: int32
             * @description What is left of that.
             */
            left: number;
            /**
             * Format: int32
             * @description What may be used within it.
             */
            limit: number;
            /** @description Its name, such as `ip_weight_10s`. */
            name: string;
        };
        CancelAnswer: {
            client_order_id: string;
            /** @description Whether it was done. */
            ok: boolean;
            status: string;
        };
        CandleList: {
            /** @description Oldest first. */
            candles: components["schemas"]["CandleView"][];
            /** @description `15m`, as the exchange writes it. */
            interval: string;
            /** @description Whether it was done. */
            ok: boolean;
            /** @description `BTC/USDT`. */
            symbol: string;
        };
        CandleView: {
            /** @description When it began. */
            at: components["schemas"]["Time"];
            close: components["schemas"]["Num"];
            high: components["schemas"]["Num"];
            low: components["schemas"]["Num"];
            open: components["schemas"]["Num"];
            /** @description In the base coin. */
            volume: components["schemas"]["Num"];
        };
        /** @description A channel's record. */
        Channel: {
            /** @description Null where the source has no channels. */
            channel?: string | null;
            /** @description The sums after each of the last outcomes, oldest first. */
            curve: components["schemas"]["CurvePoint"][];
            /** @description Of these, followed on the market now. */
            following: number;
            last_message_at: components["schemas"]["Time"];
            /**
             * Format: int64
             * @description Stop before first target.
             */
            lost: number;
            mean_r?: components["schemas"]["Num"] | null;
            /** Format: int64 */
            messages: number;
            /**
             * Format: int64
             * @description Ended otherwise: expired, or closed for another reason.
             */
            neither: number;
            /** Format: int64 */
            not_entered: number;
            /** @description Results of its trades, after fees. */
            pnl_realised: components["schemas"]["Num"];
            /** @description Reckoned results of what was only followed, before fees. */
            pnl_shadow: components["schemas"]["Num"];
            /** @description The factor without any outcome. */
            prior: components["schemas"]["Num"];
            /**
             * Format: int64
             * @description Entries that were traded or followed.
             */
            signals: number;
            source: string;
            /** @description The factor on the model's confidence in this channel's entries. */
            trust: components["schemas"]["Num"];
            /** @description The decided ones that are remembered, each worth less the older it is. */
            weight: components["schemas"]["Num"];
            /** @description How much of it a price without direction would have won. */
            weight_by_chance: components["schemas"]["Num"];
            /** @description How much of that weight was won. */
            weight_won: components["schemas"]["Num"];
            /**
             * Format: int64
             * @description First target before stop.
             */
            won: number;
        };
        ChannelList: {
            channels: components["schemas"]["Channel"][];
            /** @description Whether it was done. */
            ok: boolean;
            /** @description How many there are in all. */
            total: number;
        };
        /** @description One risk check with the numbers it used. */
        Check: {
            /** @description A sentence with the figures. */
            detail: string;
            /** @description Short stable name: `cooldown`, `total_exposure` … */
            name: string;
            result: components["schemas"]["CheckResult"];
        };
        /**
         * @description What a check concluded.
         * @enum {string}
         */
        CheckResult: "pass" | "clamp" | "block" | "skip";
        CloseAnswer: {
            id: string;
            /** @description Whether it was done. */
            ok: boolean;
            status: string;
        };
        ClosedView: {
            closed_at: components["schemas"]["Time"];
            dust: components["schemas"]["Num"];
            entry_price: components["schemas"]["Num"];
            exit_price?: components["schemas"]["Num"] | null;
            id: string;
            opened_at: components["schemas"]["Time"];
            qty: components["schemas"]["Num"];
            realised_pnl: components["schemas"]["Num"];
            reason: components["schemas"]["CloseReason"];
            status: string;
            symbol?: string | null;
            trace_id?: string | null;
        };
        /**
         * @description Why a position is or was left.
         * @enum {string}
         */
        CloseReason: "stop" | "targets" | "manual" | "signal" | "kill_switch" | "dust" | "time" | "twin";
        Cooldown: {
            /** Format: int64 */
            seconds_left: number;
            symbol: string;
        };
        CurvePoint: {
            at: components["schemas"]["Time"];
            realised: components["schemas"]["Num"];
            shadow: components["schemas"]["Num"];
        };
        /**
         * @description How a message wants to get in.
         * @enum {string}
         */
        EntryKind: "market" | "limit" | "range";
        Equity: {
            /** @description All balances at the best bid, as far as they can be valued. */
            equity: components["schemas"]["Num"];
            /** @description Cost of everything held or on its way. */
            exposure: components["schemas"]["Num"];
            /** @description Closed positions, oldest first, with the running sum of their results. */
            history: components["schemas"]["EquityPoint"][];
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            /** @description What everything is valued in. */
            quote_asset: string;
            /** @description Realised this UTC day. */
            realised_today: components["schemas"]["Num"];
            /** @description Profit of what is held, at the best bid. Positions without a price are not counted. */
            unrealised_pnl: components["schemas"]["Num"];
            /** @description Coins without a price, which `equity` does not count. */
            unvalued: string[];
        };
        EquityPoint: {
            /** @description When the position was closed. */
            at: components["schemas"]["Time"];
            /** @description Since the first point of this page. */
            cumulative: components["schemas"]["Num"];
            realised_pnl: components["schemas"]["Num"];
            /** Format: int64 */
            seq: number;
            symbol?: string | null;
        };
        /** @description A line of the journal. Amounts in its payload are strings. */
        Event: {
            event_type: components["schemas"]["EventType"];
            /** @description What belongs to this type of event; `docs/architecture.md` says where types are defined. */
            payload: Record<string, never>;
            /**
             * Format: int64
             * @description Counts from 1 over all days, without gaps.
             */
            seq: number;
            symbol?: string | null;
            trace_id?: string | null;
            ts: components["schemas"]["Time"];
        };
        EventList: {
            events: components["schemas"]["Event"][];
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
        };
        /**
         * @description What became true.
         * @enum {string}
         */
        EventType: "SIGNAL_INGEST" | "SIGNAL_DUPLICATE" | "SIGNAL_SCORED" | "AUTO_ROUTE_EXECUTED" | "AUTO_ROUTE_SKIPPED" | "AUTO_ROUTE_DRYRUN" | "ORDER_NEW" | "ORDER_ADOPTED" | "ORDER_ACCEPTED" | "ORDER_PARTIAL_FILL" | "ORDER_FILLED" | "ORDER_CANCELED" | "ORDER_FEES" | "ORDER_CANCEL_REQUESTED" | "ORDER_BLOCKED" | "ORDER_ERROR" | "ORDER_IN_DOUBT" | "ORDER_RECONCILED" | "ORDER_DRYRUN" | "POSITION_OPENED" | "RISK_SLTP" | "POSITION_CLOSING" | "POSITION_ADJUSTED" | "POSITION_CLOSED" | "SHADOW_OPENED" | "SHADOW_ENTERED" | "SHADOW_CLOSED" | "RISK_POLICY_CHANGED" | "KILL_SWITCH" | "ACCOUNT_SELECTED" | "SERVICE_STARTED" | "SERVICE_STOPPED" | "JOURNAL_REPAIRED" | "JOURNAL_ROOM" | "MEXC_CONNECTED" | "MEXC_ERROR" | "MEXC_RECONCILED" | "MEXC_BUDGET" | "MEXC_SYMBOL_RESTRICTED" | "ALARM" | "OPERATOR_COMMAND" | "ACCESS_REFUSED" | "CHECKPOINT";
        /**
         * @description Whose account it is.
         * @enum {string}
         */
        ExchangeName: "paper" | "mexc";
        /** @description What every failure says. */
        Failure: {
            checks?: components["schemas"]["Check"][] | null;
            /** @description A stable name for programs. */
            code: string;
            /** @description What happened, with what value, and what to do. */
            error: string;
            /** @description False. */
            ok: boolean;
            /** @description The first check that blocks. */
            reason?: string | null;
            trace_id?: string | null;
        };
        /** @description A fee in its own asset. */
        FeeView: {
            amount: components["schemas"]["Num"];
            asset: string;
        };
        /**
         * @description A field of a signal.
         * @enum {string}
         */
        Field: "symbol" | "side" | "entry" | "target" | "stop" | "leverage";
        /**
         * @description The piece of a message that a field was read from, in characters: Unicode scalar values, as
         *     Python and jq count them. JavaScript's strings count those above U+FFFF, most emoji, twice.
         */
        FieldSpan: {
            /** @description Character behind the last one. */
            end: number;
            field: components["schemas"]["Field"];
            /** @description First character, from 0. */
            start: number;
        };
        Index: {
            mode: components["schemas"]["Mode"];
            /** @description Whether it was done. */
            ok: boolean;
            /** @description Method and path of every route. */
            routes: string[];
            service: string;
            version: string;
        };
        /**
         * @description What a message wants.
         * @enum {string}
         */
        Intent: "BUY" | "SELL" | "CLOSE" | "UPDATE" | "NO_TRADE";
        KillAnswer: {
            kill_mode?: components["schemas"]["KillMode"] | null;
            killed: boolean;
            /** @description Whether it was done. */
            ok: boolean;
        };
        /**
         * @description How much the kill switch stops: entries; and orders on their way; and every position sold.
         * @enum {string}
         */
        KillMode: "entries" | "cancel" | "flatten";
        /** @description The kill switch. */
        KillRequest: {
            mode?: components["schemas"]["KillMode"] | null;
            /** @description For the journal, at most 200 characters. */
            reason?: string | null;
        };
        Label: {
            at: components["schemas"]["Time"];
            entries: components["schemas"]["Num"][];
            entry_kind?: components["schemas"]["EntryKind"] | null;
            /** @description The same for the same text. */
            id: string;
            intent: components["schemas"]["Intent"];
            lang: string;
            /** Format: int32 */
            leverage?: number | null;
            sl?: components["schemas"]["Num"] | null;
            sl_pct?: components["schemas"]["Num"] | null;
            source: string;
            symbol?: string | null;
            text: string;
            tp_pcts: components["schemas"]["Num"][];
            tps: components["schemas"]["Num"][];
            trace_id?: string | null;
        };
        LabelAnswer: {
            label: components["schemas"]["Label"];
            /** @description Whether it was done. */
            ok: boolean;
            /** @description False when the newest label of this message said the same already. */
            stored: boolean;
        };
        LabelList: {
            /** @description How many messages have a label. */
            count: number;
            /** @description The newest label of each message, newest first. */
            labels: components["schemas"]["Label"][];
            /** @description Whether it was done. */
            ok: boolean;
        };
        /**
         * @description What a message really means. A field that is left out is as the service reads it: to correct
         *     the intent alone, give the intent alone. Prices are as written in the message.
         */
        LabelRequest: {
            /** @description At most 32. */
            entries?: components["schemas"]["Num"][] | null;
            entry_kind?: components["schemas"]["EntryKind"] | null;
            intent: components["schemas"]["Intent"];
            /** @description Two letters. */
            lang?: string | null;
            /** Format: int32 */
            leverage?: number | null;
            sl?: components["schemas"]["Num"] | null;
            sl_pct?: components["schemas"]["Num"] | null;
            /** @description Where such messages come from; the message's channel unless given. */
            source?: string | null;
            /**
             * @description The pair in any spelling, listed or not; null if the message names none.
             * @example SUIUSDT
             */
            symbol?: string | null;
            /**
             * @description The message itself, at most 20,000 characters.
             * @example SUI looks ready, 1.10 is where I buy, out below 1.02
             */
            text?: string | null;
            /** @description Targets in percent of the entry. */
            tp_pcts?: components["schemas"]["Num"][] | null;
            /** @description Target prices, at most 32; given, they stand instead of `tp_pcts` too. */
            tps?: components["schemas"]["Num"][] | null;
            /** @description The message in the journal; this or `text`. */
            trace_id?: string | null;
        };
        /** @description A limit and how much of it is used. A limit of null is off. */
        LimitUse: {
            limit?: components["schemas"]["Num"] | null;
            name: string;
            used?: components["schemas"]["Num"] | null;
        };
        /** @description How much is logged. */
        LogInForce: {
            /**
             * @description The whole filter, as `LOG_LEVEL` and `PUT /log-level` take it.
             * @example info,mexc=debug
             */
            filter: string;
            /**
             * @description What holds for everything that is not named in `modules`.
             * @example info
             */
            level: string;
            /** @description Levels by part of the service. */
            modules: {
                [key: string]: string;
            };
            /** @description Whether it was done. */
            ok: boolean;
        };
        /** @description How much to log. */
        LogRequest: {
            /**
             * @description A level (`debug`, `info`, `warn`, `error`), then levels of parts.
             * @example info,mexc=debug
             */
            filter: string;
        };
        MarketList: {
            exchange: components["schemas"]["ExchangeName"];
            markets: string[];
            /** @description Whether it was done. */
            ok: boolean;
            total: number;
        };
        /** @description A message to be read. */
        MessageRequest: {
            channel?: string | null;
            /** @description The source's own id: the same one is considered once. */
            message_id?: string | null;
            posted_at?: components["schemas"]["Time"] | null;
            /** @description The `message_id` of the message it answers. */
            reply_to?: string | null;
            /** @description Where it came from; `api` unless given. */
            source?: string | null;
            /**
             * @description As it was posted, at most 20,000 characters.
             * @example BUY BTCUSDT 43000 TP 44000 SL 42500
             */
            text: string;
        };
        /**
         * @description Where the service trades.
         * @enum {string}
         */
        Mode: "paper" | "sandbox" | "live";
        /** @description A decimal, written as a JSON number with exactly its digits. Read it as a decimal where digits matter: floats hold some 16 of them. */
        Num: number;
        OrderAnswer: {
            checks: components["schemas"]["Check"][];
            client_order_id?: string | null;
            duplicate?: boolean;
            exchange: components["schemas"]["ExchangeName"];
            filled: boolean;
            mode: components["schemas"]["OrderMode"];
            notional: components["schemas"]["Num"];
            /** @description Whether it was done. */
            ok: boolean;
            order_id?: string | null;
            plan?: components["schemas"]["PlanView"] | null;
            price?: components["schemas"]["Num"] | null;
            qty: components["schemas"]["Num"];
            reason?: string | null;
            requested_notional: components["schemas"]["Num"];
            side: components["schemas"]["Side"];
            status: components["schemas"]["OrderOutcome"];
            symbol: string;
            trace_id: string;
            would_block: boolean;
        };
        OrderList: {
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            orders: components["schemas"]["OrderView"][];
        };
        /**
         * @description Where an order would go or went; a dry run goes nowhere.
         * @enum {string}
         */
        OrderMode: "dry_run" | "paper" | "sandbox" | "live";
        /**
         * @description How a direct order stands when its answer is given.
         * @enum {string}
         */
        OrderOutcome: "dry_run" | "intended" | "in_doubt" | "working" | "closing" | "filled" | "canceled";
        /** @description A direct order. */
        OrderRequest: {
            /**
             * @description Judge only; nothing is sent. True unless given.
             * @default true
             */
            dry_run: boolean | null;
            /**
             * Format: double
             * @description Quote amount to spend or to sell for, above zero.
             * @example 10
             */
            notional_usd: number;
            side: components["schemas"]["Side"];
            /**
             * @description A pair in any spelling.
             * @example BTCUSDT
             */
            symbol: string;
        };
        /**
         * @description How an order stands.
         * @enum {string}
         */
        OrderStatus: "intended" | "in_doubt" | "working" | "filled" | "canceled" | "failed" | "never_placed";
        /**
         * @description An order's type at the exchange.
         * @enum {string}
         */
        OrderType: "market" | "limit" | "ioc";
        /** @description An order of ours, open or ended. */
        OrderView: {
            /** Format: int32 */
            attempt: number;
            average_price?: components["schemas"]["Num"] | null;
            cancel_requested: boolean;
            client_order_id: string;
            created_at: components["schemas"]["Time"];
            error?: components["schemas"]["Refusal"] | null;
            executed_qty: components["schemas"]["Num"];
            executed_quote: components["schemas"]["Num"];
            expires_at?: components["schemas"]["Time"] | null;
            fees: components["schemas"]["FeeView"][];
            fees_complete: boolean;
            leg: string;
            limit_price?: components["schemas"]["Num"] | null;
            notional: components["schemas"]["Num"];
            order_id?: string | null;
            origin: components["schemas"]["Origin"];
            position_id?: string | null;
            /** @description The price it was judged at. */
            price: components["schemas"]["Num"];
            /** @description Base quantity expected or asked for. */
            qty: components["schemas"]["Num"];
            side: components["schemas"]["Side"];
            status: components["schemas"]["OrderStatus"];
            symbol: string;
            trace_id: string;
            type: components["schemas"]["OrderType"];
        };
        /**
         * @description Where an order's wish came from.
         * @enum {string}
         */
        Origin: "signal" | "manual" | "exit";
        Ping: {
            /** Format: int64 */
            clock_offset_ms?: number | null;
            exchange: components["schemas"]["ExchangeName"];
            market_source: string;
            markets_count: number;
            mode: components["schemas"]["Mode"];
            /** @description Whether it was done. */
            ok: boolean;
        };
        /**
         * @description Where the numbers of an exit plan come from: the signal, the average true range, or one percent of the price for want of candles.
         * @enum {string}
         */
        PlanSource: "hint" | "atr" | "fallback";
        /** @description An exit plan. */
        PlanView: {
            atr?: components["schemas"]["Num"] | null;
            notes?: string[];
            policy: components["schemas"]["PolicyName"];
            source: components["schemas"]["PlanSource"];
            stop: components["schemas"]["Num"];
            targets: components["schemas"]["TargetView"][];
        };
        PolicyAnswer: {
            /** Format: int64 */
            cooldown_sec: number;
            /** @description The largest order in force, which a setting may hold below the policy's own. */
            max_notional: components["schemas"]["Num"];
            /** @description Whether it was done. */
            ok: boolean;
            policies: components["schemas"]["PolicyRow"][];
            policy: components["schemas"]["PolicyName"];
        };
        /**
         * @description A row of the policy table.
         * @enum {string}
         */
        PolicyName: "conservative" | "moderate" | "aggressive";
        /** @description The policy to switch to. */
        PolicyRequest: {
            policy: components["schemas"]["PolicyName"];
        };
        PolicyRow: {
            /** Format: int64 */
            cooldown_sec: number;
            max_notional: components["schemas"]["Num"];
            name: components["schemas"]["PolicyName"];
            sl_atr_multiple: components["schemas"]["Num"];
            tp_rr: components["schemas"]["Num"];
        };
        PositionList: {
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            positions: components["schemas"]["AnyPosition"][];
        };
        /** @description An open position. */
        PositionView: {
            closing: boolean;
            /** @description What the held part cost. */
            cost: components["schemas"]["Num"];
            entry_order: string;
            entry_price?: components["schemas"]["Num"] | null;
            exit_order?: string | null;
            id: string;
            opened_at: components["schemas"]["Time"];
            plan?: components["schemas"]["PlanView"] | null;
            price?: components["schemas"]["Num"] | null;
            /** @description Whether a plan is in force and everything is there that carries it out. */
            protected: boolean;
            /** @description Base held now. */
            qty: components["schemas"]["Num"];
            realised_pnl: components["schemas"]["Num"];
            status: string;
            symbol: string;
            /** Format: int32 */
            targets_done: number;
            trace_id: string;
            /** @description What is missing, where something is. */
            unprotected_because?: string | null;
            unrealised_pnl?: components["schemas"]["Num"] | null;
        };
        Readiness: {
            checks: components["schemas"]["ReadinessPart"][];
            code?: string | null;
            /** @description Names of the checks that are worse than they should be, also when the service is ready. */
            degraded: string[];
            error?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            ready: boolean;
        };
        /** @description One thing that readiness depends on. */
        ReadinessPart: {
            /** @description Whether it is worse than it should be. */
            degraded: boolean;
            /** @description A sentence with the figures. */
            detail: string;
            /** @description Short stable name: `journal`, `reconciled`, `prices`, `clock` … */
            name: string;
            /** @description Whether it is good enough to trade. */
            ok: boolean;
        };
        /** @description The exchange refused an order, or it was held back here. */
        Refusal: {
            class: components["schemas"]["RefusalClass"];
            /**
             * Format: int64
             * @description The exchange's own code.
             */
            code?: number | null;
            /** @description What happened and what to do. */
            message: string;
        };
        /**
         * @description What a refusal is about.
         * @enum {string}
         */
        RefusalClass: "funds" | "filter" | "symbol" | "auth" | "clock" | "rate" | "maintenance" | "account" | "malformed" | "withheld";
        RiskReport: {
            /** @description UTC days looked at, today included. */
            days: number;
            /** @description Whether it was done. */
            ok: boolean;
            rules: components["schemas"]["RuleReport"][];
        };
        RiskStatus: {
            /** @description Whether signals are traded, only tried, or neither. */
            auto_route: components["schemas"]["AutoRoute"];
            cooldowns: components["schemas"]["Cooldown"][];
            exposure: components["schemas"]["Num"];
            kill_mode?: components["schemas"]["KillMode"] | null;
            killed: boolean;
            limits: components["schemas"]["LimitUse"][];
            /** @description Where orders go; told also while the exchange is silent. */
            mode: components["schemas"]["Mode"];
            /** @description Whether it was done. */
            ok: boolean;
            open_orders: number;
            open_positions: number;
            policy: components["schemas"]["PolicyName"];
            realised_today: components["schemas"]["Num"];
        };
        Route: {
            action: components["schemas"]["RouteAction"];
            checks: components["schemas"]["Check"][];
            client_order_id?: string | null;
            plan?: components["schemas"]["PlanView"] | null;
            reason: string;
        };
        /**
         * @description What became of a message.
         * @enum {string}
         */
        RouteAction: "executed" | "dry_run" | "blocked" | "skipped" | "duplicate" | "scored_only";
        RouteView: {
            action: components["schemas"]["RouteAction"];
            checks: components["schemas"]["Check"][];
            client_order_id?: string | null;
            reason: string;
        };
        /**
         * @description What the signals that a rule blocked would have come to, by the day on which they ended. One that
         *     several rules blocked is in the account of each.
         */
        RuleReport: {
            /**
             * Format: int64
             * @description Entered and over.
             */
            ended: number;
            /** @description Still followed. */
            following: number;
            /**
             * Format: int64
             * @description Stop before first target: what it saved.
             */
            lost: number;
            mean_r?: components["schemas"]["Num"] | null;
            /** @description The check's name. */
            name: string;
            /** Format: int64 */
            neither: number;
            /** Format: int64 */
            not_entered: number;
            /** @description Results at the requested size, before fees. */
            pnl: components["schemas"]["Num"];
            /** @description The part of it that no other rule blocked. */
            pnl_alone: components["schemas"]["Num"];
            /** @description Results in units of risk, summed. */
            sum_r: components["schemas"]["Num"];
            /**
             * Format: int64
             * @description First target before stop: what the rule cost.
             */
            won: number;
        };
        /** @description How sure the reading is, and why. */
        Score: {
            /**
             * Format: double
             * @description Probability, 0 to 1, that the intent is right and the fields suffice to trade.
             */
            confidence: number;
            /** @description The likeliest intent. */
            label: components["schemas"]["Intent"];
            /** @description What carried it, in words. */
            reasons: string[];
        };
        SessionAnswer: {
            /** @description To be sent as `X-CSRF-Token` with whatever changes something. */
            csrf_token?: string | null;
            expires_at?: components["schemas"]["Time"] | null;
            /** @description Whether it was done. */
            ok: boolean;
            /** @description Whether a key or a session is needed at all: whether `API_KEYS` is set. */
            required: boolean;
            /** @description Whether this request came with one. */
            signed_in: boolean;
        };
        /** @description One setting. */
        Setting: {
            /** @description What holds, or follows, when it is not set. */
            default: string;
            /** @description Heading in the documentation. */
            group: string;
            /** @description What it is about. */
            meaning: string;
            /**
             * @description Name in the environment.
             * @example RISK_POLICY
             */
            name: string;
            /** @description Whether its value is never shown. */
            secret: boolean;
            /** @description `default`, `environment`, `.env`, or `file …`. */
            source: string;
            /** @description As it was written, `***` for a secret; null where it is not set. */
            value?: string | null;
        };
        /** @description What is in force. */
        Settings: {
            /** @description The account whose book is traded: `paper`, `sandbox-…`, `mexc-…`. */
            account: string;
            /** @description Whether it was done. */
            ok: boolean;
            /** @description Every setting there is, in the order of the documentation. */
            settings: components["schemas"]["Setting"][];
            /** @description Name of the running version. */
            version: string;
            /** @description What a person should know though it is no mistake. */
            warnings: string[];
        };
        /**
         * @description Which way an order goes.
         * @enum {string}
         */
        Side: "buy" | "sell";
        SignalAnswer: {
            /** @description Whether it was done. */
            ok: boolean;
            route: components["schemas"]["Route"];
            routed: boolean;
            score?: components["schemas"]["Score"] | null;
            signal?: components["schemas"]["SignalFields"] | null;
            /** @description Where each field stands in the text, in its order; they may overlap. */
            spans: components["schemas"]["FieldSpan"][];
            trace_id: string;
        };
        /** @description The fields of a signal, as numbers. */
        SignalFields: {
            entries: components["schemas"]["Num"][];
            entry_kind?: components["schemas"]["EntryKind"] | null;
            /** Format: int32 */
            leverage?: number | null;
            other_symbols?: string[];
            side?: components["schemas"]["Side"] | null;
            sl?: components["schemas"]["Num"] | null;
            sl_pct?: components["schemas"]["Num"] | null;
            symbol?: string | null;
            tp_pcts?: components["schemas"]["Num"][];
            tps: components["schemas"]["Num"][];
        };
        SignalList: {
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            signals: components["schemas"]["SignalView"][];
        };
        /** @description A message and its fate. */
        SignalView: {
            at: components["schemas"]["Time"];
            channel?: string | null;
            message_id?: string | null;
            posted_at?: components["schemas"]["Time"] | null;
            reply_to?: string | null;
            route?: components["schemas"]["RouteView"] | null;
            routed: boolean;
            score?: components["schemas"]["Score"] | null;
            signal?: components["schemas"]["SignalFields"] | null;
            source: string;
            /**
             * @description Where each field stands in the text, in its order; they may overlap. Empty for messages read
             *     by a version that did not keep it.
             */
            spans: components["schemas"]["FieldSpan"][];
            text: string;
            trace_id: string;
            trust?: components["schemas"]["TrustView"] | null;
        };
        /** @description A key to sign in with. */
        SignInRequest: {
            /**
             * Format: password
             * @description One of `API_KEYS`.
             */
            key: string;
        };
        /** @description A stage that was reached. */
        Stage: {
            /**
             * @description When the step that reached it began; what one step decides has one time. Of `posted`, what
             *     the source said.
             */
            at: components["schemas"]["Time"];
            event_type: components["schemas"]["EventType"];
            name: components["schemas"]["StageName"];
            /**
             * Format: int64
             * @description The event.
             */
            seq: number;
            /**
             * Format: int64
             * @description Microseconds since the stage before.
             */
            since_previous_us: number;
            /**
             * Format: int64
             * @description Microseconds since the first stage.
             */
            since_start_us: number;
        };
        /**
         * @description A stage in the life of a signal or order.
         * @enum {string}
         */
        StageName: "posted" | "received" | "scored" | "checked" | "blocked" | "not_traded" | "dry_run" | "sent" | "in_doubt" | "settled" | "acknowledged" | "refused" | "partly_filled" | "filled" | "protected" | "leaving" | "closed";
        Taken: {
            action: components["schemas"]["RouteAction"];
            /** @description Whether it was done. */
            ok: boolean;
            trace_id: string;
        };
        TargetView: {
            price: components["schemas"]["Num"];
            share: components["schemas"]["Num"];
        };
        Ticker: {
            ask: components["schemas"]["Num"];
            at: components["schemas"]["Time"];
            bid: components["schemas"]["Num"];
            exchange: components["schemas"]["ExchangeName"];
            /** @description Whether it was done. */
            ok: boolean;
            price: components["schemas"]["Num"];
            symbol: string;
        };
        /**
         * Format: date-time
         * @description RFC 3339 in UTC with microseconds.
         */
        Time: string;
        Trace: {
            /** @description Newest first. */
            events: components["schemas"]["Event"][];
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            /** @description How far it came and how long each stage took, oldest first. */
            stages: components["schemas"]["Stage"][];
            trace_id: string;
        };
        TradeList: {
            next_cursor?: string | null;
            /** @description Whether it was done. */
            ok: boolean;
            trades: components["schemas"]["TradeView"][];
        };
        /** @description What one step added to an order's fills. */
        TradeView: {
            at: components["schemas"]["Time"];
            client_order_id: string;
            /** @description Fees of the whole order, as far as known today. */
            order_fees: components["schemas"]["FeeView"][];
            order_fees_complete: boolean;
            order_id: string;
            price?: components["schemas"]["Num"] | null;
            qty: components["schemas"]["Num"];
            quote: components["schemas"]["Num"];
            /** Format: int64 */
            seq: number;
            side: components["schemas"]["Side"];
            symbol?: string | null;
            trace_id?: string | null;
        };
        /** @description How the channel's record changed the confidence. */
        TrustView: {
            /** Format: int64 */
            decided: number;
            /** Format: double */
            model_confidence: number;
            trust: components["schemas"]["Num"];
            /** Format: int64 */
            won: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    index: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every route */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Index"];
                    "text/html": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    channels: {
        parameters: {
            query?: {
                /** @description At most this many; 100 unless given */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The records */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelList"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    documentPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that asks for nothing from elsewhere */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    equity: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now; the newest closed positions first in pages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Equity"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
                /**
                 * @description Event types separated by commas; a trailing `*` stands for any ending.
                 * @example ORDER_*,RISK_SLTP
                 */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Journal lines, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    balance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the account holds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balances"];
                };
            };
            /** @description The exchange does not answer */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No keys are set */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    budget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    candles: {
        parameters: {
            query?: {
                /** @description 1m, 5m, 15m, 30m, 60m, 4h, 1d, 1W or 1M; 15m unless given */
                interval?: string;
                /** @description Candles wanted; 100 unless given */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description A pair in any spelling
                 * @example BTCUSDT
                 */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CandleList"];
                };
            };
            /** @description No such pair */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The exchange does not answer */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    markets: {
        parameters: {
            query?: {
                /** @description Names wanted; all unless given */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Pairs by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketList"];
                };
            };
            /** @description The list has not been loaded yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    ping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ping"];
                };
            };
            /** @description It does not */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    tryOrder: {
        parameters: {
            query: {
                /** @description Judge only; nothing is sent. True unless given. */
                dry_run?: boolean;
                /**
                 * @description Quote amount to spend or to sell for, above zero.
                 * @example 10
                 */
                notional_usd: number;
                side: "buy" | "sell";
                /**
                 * @description A pair in any spelling.
                 * @example BTCUSDT
                 */
                symbol: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What would happen */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description No such pair */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `dry_run=false`: a GET never trades */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    testOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key enters once */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["OrderRequest"];
            };
        };
        responses: {
            /** @description Tried, or sent and waited for at most 5 s */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description No such pair */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Blocked by a risk check; `checks` has them all */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The Idempotency-Key was used for another order */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The exchange refused or failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not ready, or not sent */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    ticker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A pair in any spelling
                 * @example BTCUSDT
                 */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The present price */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticker"];
                };
            };
            /** @description No such pair */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The exchange does not answer */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    takeHook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A hook of HOOKS_FILE */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
                "text/plain": string;
            };
        };
        responses: {
            /** @description Considered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
            /** @description No such hook, or not its secret */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    takeHookBySecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A hook of HOOKS_FILE */
                name: string;
                /** @description Its secret */
                secret: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
                "text/plain": string;
            };
        };
        responses: {
            /** @description Considered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
            /** @description No such hook, or not its secret */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    liveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    logLevel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At present */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogInForce"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    setLogLevel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["LogRequest"];
            };
        };
        responses: {
            /** @description From now on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogInForce"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenMetrics 1.0 text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/openmetrics-text": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    orders: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description `json` or `csv`; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor` */
                format?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
                /** @description `open` or `all`; `all` unless given */
                status?: string;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Orders, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderList"];
                    "text/csv": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A `client_order_id` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelAnswer"];
                };
            };
            /** @description No such open order */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description It protects a position */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    positions: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description `json`, or `csv` for closed ones; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor` */
                format?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
                /** @description `open` or `closed`; `open` unless given */
                status?: string;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Positions, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionList"];
                    "text/csv": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    closePosition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A position's `id` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Being sold */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloseAnswer"];
                };
            };
            /** @description No such open position */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    adjustPosition: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["AdjustRequest"];
            };
        };
        responses: {
            /** @description Noted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdjustAnswer"];
                };
            };
            /** @description No such open position */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready to trade */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Not ready; `checks` says what is missing */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    kill: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KillRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["KillRequest"];
            };
        };
        responses: {
            /** @description Pulled, and in the journal */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    setPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["PolicyRequest"];
            };
        };
        responses: {
            /** @description In force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    riskReport: {
        parameters: {
            query?: {
                /** @description UTC days looked at, today included; 30 unless given */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskReport"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    resume: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Released */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    riskStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskStatus"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Signed in; the cookie `levibot_session` is set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description Not one of API_KEYS */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No keys are set: there is nothing to sign in to */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many wrong keys */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; the cookie opens nothing any more */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As they were read at the start */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    signals: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalList"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    ingestSignal: {
        parameters: {
            query?: never;
            header?: {
                /** @description The identity of the message, where it has no other */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["MessageRequest"];
            };
        };
        responses: {
            /** @description Considered; `routed` and `route` say what came of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalAnswer"];
                };
            };
            /** @description Not ready */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    signalLabels: {
        parameters: {
            query?: {
                /** @description Labels wanted; 100 unless given */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest label of each message, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelList"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    labelSignal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelRequest"];
            };
        };
        responses: {
            /** @description Kept, or known already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelAnswer"];
                };
            };
            /** @description No message has this trace_id */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    scoreSignal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageRequest"];
                "application/x-www-form-urlencoded": components["schemas"]["MessageRequest"];
            };
        };
        responses: {
            /** @description What it says and how sure that is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalAnswer"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: {
                /** @description Also prices of what is held (`event: quotes`) and changes of health (`event: health`), without ids */
                beside?: boolean;
                /** @description Begin with this `seq`; 1 is the beginning */
                from?: number;
                /** @description The same, where headers cannot be set */
                last_event_id?: number;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
                /**
                 * @description Event types separated by commas; a trailing `*` stands for any ending.
                 * @example ORDER_*,RISK_SLTP
                 */
                type?: string;
            };
            header?: {
                /** @description Go on after this `seq`; it wins over the query */
                "Last-Event-ID"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events: `id` is the `seq`, `data` an Event */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The journal has not come that far: it is another one */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many streams are open */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    trace: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
            };
            header?: never;
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its events, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"];
                };
            };
            /** @description Nothing has this trace */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    trades: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of an earlier answer: what is older than that page. */
                cursor?: string;
                /** @description `json` or `csv`; else `Accept` decides. CSV pages go on with the header `X-Next-Cursor` */
                format?: string;
                /** @description Entries wanted; 100 unless given. */
                limit?: number;
                /**
                 * @description A pair in any spelling: `BTCUSDT`, `btc/usdt`, `BTC-USDT`.
                 * @example BTCUSDT
                 */
                symbol?: string;
                /** @description One signal's or order's story. */
                trace_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Fills, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TradeList"];
                    "text/csv": string;
                };
            };
            /** @description Any other failure */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
}

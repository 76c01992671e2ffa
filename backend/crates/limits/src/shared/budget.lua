-- The shared budget: one state for the address (KEYS[1]), one for the account (KEYS[2]).
-- Times are microseconds of this server's clock. A state holds
--   e     its name: when it was made
--   free  when the next request may start        pause  when the exchange's silence ends
--   log   by window: {time, amount, time, amount, ...}, oldest first; counts for one span
--   open  by process: {until, amount of each window ..., number of its last question}; counts
--         while the process holds it
local ask = cjson.decode(ARGV[1])
local now = ask.now
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local STEPS = 256              -- a log's resolution, steps in a span
local KEEP_MS = 60000          -- a state nobody asks for is forgotten after this
local HOLD = 20 * 1000000      -- a silent process holds what it held: a request's time-out and a span
local windows, wants = ask.windows, ask.wants

local function add(log, span, at, amount)
  local step = math.max(math.floor(span / STEPS), 1)
  at = math.ceil(at / step) * step
  local i = #log - 1
  while i >= 1 and log[i] > at do i = i - 2 end
  if i >= 1 and log[i] == at then
    log[i + 1] = log[i + 1] + amount
  else
    table.insert(log, i + 2, at)
    table.insert(log, i + 3, amount)
  end
end

-- A new state knows nothing of what was spent. A process that starts takes it for granted that the
-- limit was spent evenly up to now; one that has been here and tells its own part, that the others
-- have just spent all the rest.
local function new_state(scope, known)
  local state = {e = now, free = 0, pause = 0, log = {}, open = {}}
  for i, w in ipairs(windows) do
    if w.scope == scope then
      local log = {}
      if known then
        local others = w.limit - math.floor(w.limit / ask.shares)
        if others > 0 then add(log, w.span, now, others) end
      else
        local parts, before = math.min(math.max(w.limit, 1), 100), 0
        for part = 1, parts do
          local upto = math.floor(w.limit * part / parts)
          local ago = w.span - math.floor(w.span * part / parts)
          if upto > before then add(log, w.span, now - ago, upto - before) end
          before = upto
        end
      end
      state.log[tostring(i)] = log
    end
  end
  return state
end

local states, moved, made = {}, 0, false
for scope = 1, 2 do
  local raw = redis.call('GET', KEYS[scope])
  local known = ask.epochs[scope]
  states[scope] = raw and cmsgpack.unpack(raw)
  if not states[scope] then
    states[scope] = new_state(scope, known ~= 0)
    made = true
  end
  if known ~= 0 and known ~= states[scope].e then moved = 1 end
  -- A question that was given up and arrives after a later one must not undo it.
  local held = states[scope].open[ask.process]
  if held and held[#windows + 2] >= ask.number then moved = 1 end
end

local function save()
  for scope = 1, 2 do
    redis.call('SET', KEYS[scope], cmsgpack.pack(states[scope]), 'PX', KEEP_MS)
  end
end

if moved == 1 then
  if made then save() end
  local answer = {1, states[1].e, states[2].e}
  for i = 4, 8 + 4 * #windows do answer[i] = 0 end
  return answer
end

-- What each window has in use.
local used, logs = {}, {}
for i, w in ipairs(windows) do
  local state = states[w.scope]
  local kept, sum = {}, 0
  local log = state.log[tostring(i)] or {}
  for j = 1, #log, 2 do
    if log[j] + w.span > now then
      kept[#kept + 1], kept[#kept + 2] = log[j], log[j + 1]
      sum = sum + log[j + 1]
    end
  end
  for _, s in ipairs(ask.spent) do
    if s[1] + 1 == i and w.span > s[2] then
      add(kept, w.span, now - s[2], s[3])
      sum = sum + s[3]
    end
  end
  state.log[tostring(i)], logs[i] = kept, kept
  for process, held in pairs(state.open) do
    if process ~= ask.process and held[1] > now then sum = sum + held[i + 1] end
  end
  used[i] = sum + ask.holding[i]
end

local ip = states[1]
for scope = 1, 2 do
  local state = states[scope]
  state.pause = math.max(state.pause, now + ask.pause)
  for process, held in pairs(state.open) do
    if held[1] <= now then state.open[process] = nil end
  end
end
local pause = math.max(ip.pause, states[2].pause) - now

-- When `excess` of a window will be free; what is held is asked for again soon.
local function free_in(i, excess)
  local log, freed = logs[i], 0
  for j = 1, #log, 2 do
    freed = freed + log[j + 1]
    if freed >= excess then return log[j] + windows[i].span - now end
  end
  return ask.patience
end

-- A window that somebody waits for is closed to whoever comes after.
local waits, short = {{}, {}, {}}, false
local function is_closed(lane, want)
  for l = 1, lane do
    for i in pairs(waits[l]) do
      if want[i] > 0 then return true end
    end
  end
  return false
end

local granted, count = {}, 0
if pause <= 0 then
  for n, entry in ipairs(wants) do
    local lane, want = entry[1] + 1, entry[2]
    if not is_closed(lane, want) then
      -- Of several windows without room it waits for the last, and leaves the others to the rest.
      local last, wait
      for i, charge in ipairs(want) do
        local excess = used[i] + charge - windows[i].ceilings[lane]
        if charge > 0 and excess > 0 then
          local free = free_in(i, excess)
          if not wait or free > wait then last, wait = i, free end
        end
      end
      if last then
        waits[lane][last], short = wait, true
      else
        for i, charge in ipairs(want) do used[i] = used[i] + charge end
        granted[n], count = true, count + 1
      end
    end
  end
end

-- More than was asked for only while there is plenty: at most half of what questions may use.
local extra = ask.extra
if extra and (short or pause > 0) then extra = nil end
if extra then
  for i, charge in ipairs(extra.charges) do
    if charge > 0 and 2 * (used[i] + charge) > windows[i].ceilings[3] then extra = nil break end
  end
end
if extra then
  for i, charge in ipairs(extra.charges) do used[i] = used[i] + charge end
end

local slots, first = 0, 0
if ask.spacing > 0 then
  slots = math.max(count - ask.slots_held, 0) + (extra and extra.slots or 0)
  if slots > 0 then
    local start = math.max(now, ip.free)
    first = start - now
    ip.free = start + slots * ask.spacing
  end
end

for scope = 1, 2 do
  local held = {now + HOLD}
  for i, w in ipairs(windows) do
    held[i + 1] = 0
    if w.scope == scope then
      held[i + 1] = ask.holding[i] + (extra and extra.charges[i] or 0)
      for n, entry in ipairs(wants) do
        if granted[n] then held[i + 1] = held[i + 1] + entry[2][i] end
      end
    end
  end
  held[#windows + 2] = ask.number
  states[scope].open[ask.process] = held
end
save()

local bits = 0
for n in pairs(granted) do bits = bits + 2 ^ (n - 1) end
local answer = {
  0, ip.e, states[2].e, bits, extra and 1 or 0, first, slots, math.max(pause, 0)
}
for i = 1, #windows do answer[#answer + 1] = used[i] end
for lane = 1, 3 do
  for i = 1, #windows do answer[#answer + 1] = math.ceil(waits[lane][i] or 0) end
end
return answer

#!lua name=relance_1
-- The writes of the store that must be atomic. One library, loaded on every primary (FUNCTION LOAD REPLACE).
-- A change that an older program would misread gets a new library name, so that both can run side by side.
--
-- Redis does not roll a function back, so each function first checks everything and only then writes.
-- Every key comes in KEYS; numbers travel as decimal strings; outcomes are values, never error strings.

local OWNER_FIELDS = {'v:ledger', 'v:risk', 'v:plan', 'v:case'}
local APPLIED, STALE, REPLAYED, REUSED = 0, 1, 2, 3

-- One batch of accounts of one partition.
--
-- KEYS: feed, feed:n, [lease], [cursor], [outbox], then for each account:
--       account, accounts of the tenant, [timers], [evidence], [request]
-- ARGV: service, own version field or '', token or '', cursor or '0', outbox used 0|1, accounts, then for each account
--       "tenant/account", account, announce 0|1,
--       request 0|1 [stored prefix, response, ttl ms],
--       versions read * (owner 1-4, version),
--       timer '' | 'x' | day,
--       evidence records [count read, head after, records...],
--       fields set * (name, value), fields erased *, outbox put * (key, value), outbox erased *
-- Returns {1, outcome, version, response, ...}, or {0, newest token} when the token is not the newest.
local function commit(keys, args)
  local call = redis.call
  local own, token, cursor = args[2], args[3], args[4]
  local k = 2
  if token ~= '' then
    k = k + 1
    local newest = call('HGET', keys[k], 'token')
    if newest ~= token then return {0, newest or '0'} end
  end
  local cursor_key, outbox_key
  if cursor ~= '0' then k = k + 1; cursor_key = keys[k] end
  if args[5] == '1' then k = k + 1; outbox_key = keys[k] end
  local count = tonumber(args[6])
  local a = 6
  local own_index = 0
  for i = 1, 4 do if OWNER_FIELDS[i] == own then own_index = i end end

  -- Check: decode every account and decide its outcome.
  local reply, todo, refused = {1}, {}, false
  for w = 1, count do
    local write = {feed_name = args[a + 1], account = args[a + 2], announce = args[a + 3] == '1',
                   acct = keys[k + 1], accounts = keys[k + 2]}
    k = k + 2
    a = a + 4
    local outcome, response = APPLIED, ''
    if args[a] == '1' then
      write.request = a
      a = a + 3
    end
    a = a + 1
    local values = call('HMGET', write.acct, 'v:ledger', 'v:risk', 'v:plan', 'v:case', 'e:n')
    local read_count = tonumber(args[a])
    for _ = 1, read_count do
      if (values[tonumber(args[a + 1])] or '0') ~= args[a + 2] then outcome = STALE end
      a = a + 2
    end
    a = a + 1
    write.timer = args[a]
    if write.timer ~= '' then k = k + 1; write.timers = keys[k] end
    a = a + 1
    write.evidence_count = tonumber(args[a])
    if write.evidence_count > 0 then
      k = k + 1
      write.evidence_key = keys[k]
      write.evidence = a
      if (values[5] or '0') ~= args[a + 1] then outcome = STALE end
      a = a + 2 + write.evidence_count
    end
    a = a + 1
    local n = tonumber(args[a])
    write.set_from, write.set_to = a + 1, a + 2 * n
    a = a + 2 * n + 1
    n = tonumber(args[a])
    write.erase_from, write.erase_to = a + 1, a + n
    a = a + n + 1
    n = tonumber(args[a])
    write.put_from, write.put_to = a + 1, a + 2 * n
    a = a + 2 * n + 1
    n = tonumber(args[a])
    write.drop_from, write.drop_to = a + 1, a + n
    a = a + n
    if write.request then
      -- The request is looked up before any state: a repeat is answered even when the account has moved on since.
      k = k + 1
      write.request_key = keys[k]
      local stored = call('GET', write.request_key)
      if stored then
        local prefix = args[write.request + 1]
        if string.sub(stored, 1, #prefix) == prefix then
          outcome, response = REPLAYED, string.sub(stored, #prefix + 1)
        else
          outcome = REUSED
        end
      end
    end
    if outcome == STALE or outcome == REUSED then refused = true end
    write.version = own_index > 0 and tonumber(values[own_index] or '0') or 0
    write.is_new = not (values[1] or values[2] or values[3] or values[4] or values[5])
    if outcome == APPLIED then
      todo[#todo + 1] = write
      if own_index > 0 and (write.set_to >= write.set_from or write.erase_to >= write.erase_from) then
        write.version = write.version + 1
        write.changed = true
      end
    end
    local r = 3 * w - 1
    reply[r], reply[r + 1], reply[r + 2] = outcome, write.version, response
  end

  -- Write.
  local entry = {}
  for _, write in ipairs(todo) do
    if write.changed then
      call('HSET', write.acct, own, write.version, unpack(args, write.set_from, write.set_to))
      if write.erase_to >= write.erase_from then
        call('HDEL', write.acct, unpack(args, write.erase_from, write.erase_to))
      end
      if write.announce then
        entry[#entry + 1] = write.feed_name
        entry[#entry + 1] = write.version
      end
    end
    if write.is_new and (write.changed or write.evidence) then call('SADD', write.accounts, write.account) end
    if write.evidence then
      local e, n = write.evidence, write.evidence_count
      call('RPUSH', write.evidence_key, unpack(args, e + 3, e + 2 + n))
      call('HSET', write.acct, 'e:n', tonumber(args[e + 1]) + n, 'e:head', args[e + 2])
    end
    if write.timers then
      if write.timer == 'x' then
        call('ZREM', write.timers, write.account)
      else
        call('ZADD', write.timers, write.timer, write.account)
      end
    end
    if write.put_to >= write.put_from then
      call('HSET', outbox_key, unpack(args, write.put_from, write.put_to))
    end
    if write.drop_to >= write.drop_from then
      call('HDEL', outbox_key, unpack(args, write.drop_from, write.drop_to))
    end
    if write.request then
      local r = write.request
      call('SET', write.request_key, args[r + 1] .. args[r + 2], 'PX', args[r + 3])
    end
  end
  if #entry > 0 then
    local position = call('INCR', keys[2])
    call('XADD', keys[1], string.format('%.0f-0', position), 's', args[1], unpack(entry))
  end
  if cursor_key and not refused and tonumber(call('GET', cursor_key) or '0') < tonumber(cursor) then
    call('SET', cursor_key, cursor)
  end
  return reply
end

-- The server's clock in milliseconds: holders on hosts with different clocks agree on what has expired.
local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- KEYS: lease. ARGV: holder, ttl ms. Returns {token}; 0: another one holds it.
local function acquire(keys, args)
  local lease = redis.call('HMGET', keys[1], 'token', 'holder', 'until')
  local token, now = tonumber(lease[1] or '0'), now_ms()
  if tonumber(lease[3] or '0') > now then
    if lease[2] ~= args[1] then return {0} end
  else
    token = token + 1
  end
  redis.call('HSET', keys[1], 'token', token, 'holder', args[1], 'until', now + tonumber(args[2]))
  return {token}
end

-- KEYS: lease. ARGV: holder, token. The key stays: tokens only ever grow.
local function release(keys, args)
  local lease = redis.call('HMGET', keys[1], 'token', 'holder')
  if lease[1] ~= args[2] or lease[2] ~= args[1] then return {0} end
  redis.call('HSET', keys[1], 'until', 0)
  return {1}
end

-- KEYS: lease, worked. ARGV: token, tenant, day.
local function mark_worked(keys, args)
  local newest = redis.call('HGET', keys[1], 'token')
  if newest ~= args[1] then return {0, newest or '0'} end
  redis.call('HSET', keys[2], args[2], args[3])
  return {1}
end

-- KEYS: feed, feed:n. ARGV: after, limit. Returns {newest position, entries}: both of one moment, or an entry that
-- comes in between would look like a gap.
local function read_feed(keys, args)
  local newest = tonumber(redis.call('GET', keys[2]) or '0')
  if newest <= tonumber(args[1]) then return {newest, {}} end
  return {newest, redis.call('XRANGE', keys[1], '(' .. args[1] .. '-0', '+', 'COUNT', args[2])}
end

-- KEYS: feed, feed:n, the cursors of all services. ARGV: keep. Returns {entries dropped}.
local function trim(keys, args)
  local newest = tonumber(redis.call('GET', keys[2]) or '0')
  local passed = newest - tonumber(args[1])
  for i = 3, #keys do
    local cursor = redis.call('GET', keys[i])
    if cursor then passed = math.min(passed, tonumber(cursor)) end
  end
  if passed <= 0 then return {0} end
  return {redis.call('XTRIM', keys[1], 'MINID', string.format('%.0f-0', passed + 1))}
end

-- KEYS: document, names of the tenant. ARGV: name, version read, value. Returns {1, version} or {0, version}.
local function put_document(keys, args)
  local version = redis.call('HGET', keys[1], 'v') or '0'
  if version ~= args[2] then return {0, tonumber(version)} end
  local next_version = tonumber(version) + 1
  redis.call('HSET', keys[1], 'v', next_version, 'data', args[3])
  redis.call('ZADD', keys[2], 0, args[1])
  return {1, next_version}
end

redis.register_function('relance_1_commit', commit)
redis.register_function('relance_1_acquire', acquire)
redis.register_function('relance_1_release', release)
redis.register_function('relance_1_mark_worked', mark_worked)
redis.register_function{function_name = 'relance_1_read_feed', callback = read_feed, flags = {'no-writes'}}
redis.register_function('relance_1_trim', trim)
redis.register_function('relance_1_put_document', put_document)

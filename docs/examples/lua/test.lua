-- What a Lua that was built right can do.  Debian's source package carries no tests; these go
-- through every library and every part of the core at least once.  Says OK at the end.

local checks = 0
local function check(what, ...)
  checks = checks + 1
  if not what then error("check " .. checks .. " failed", 2) end
  return what, ...
end
local function equal(found, wanted)
  checks = checks + 1
  if found ~= wanted then
    error(("check %d: found %s, wanted %s"):format(checks, tostring(found), tostring(wanted)), 2)
  end
end
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  check(not ok)
  check(tostring(message):find(text, 1, true))
end

-- Numbers: two kinds, wrapping integers, exact conversion.
equal(_VERSION, "Lua 5.4")
equal(math.maxinteger + 1, math.mininteger)
equal(7 // 2, 3) equal(-7 // 2, -4) equal(-7 % 3, 2) equal(7 / 2, 3.5)
equal(math.type(3), "integer") equal(math.type(3.0), "float")
equal(1e15, 1000000000000000) equal(2^53 | 0, 9007199254740992)
equal(0xff >> 4 ~ 0x0f, 0) equal(~0 >> 63, 1)
equal(math.tointeger(8.0), 8) equal(math.tointeger(8.5), nil)
equal(string.format("%.14g|%5d|%x|%a", 0.1, 42, 255, 1.0), "0.1|   42|ff|0x1p+0")
equal(tostring(1e100), "1e+100") equal(tostring(-0.0), "-0.0")
equal(tonumber("0x1p4"), 16.0) equal(tonumber("z", 36), 35) equal(tonumber("1e"), nil)
check(math.huge > math.maxinteger) check(0/0 ~= 0/0)
equal(math.ult(1, -1), true) equal(math.fmod(-7, 3), -1)
equal(math.floor(-3.5), -4) equal(math.ceil(-3.5), -3)
check(math.abs(math.sin(math.pi)) < 1e-15) equal(math.sqrt(2)^2 - 2 < 1e-15, true)
math.randomseed(42) local r = math.random(1000) math.randomseed(42) equal(math.random(1000), r)
fails("number has no integer representation", function() return 1.5 | 0 end)
fails("attempt to divide by zero", function() return 1 // 0 end)

-- Strings and patterns.
equal(("x"):rep(3, "-"), "x-x-x") equal(#("\0a\0"), 3)
equal(("hello world"):gsub("o", "0"), "hell0 w0rld")
equal(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), "key")
equal(("THE (quick) fox"):find("%((%a+)%)"), 5)
equal(("abc"):gsub("%w", "%0%0"), "aabbcc")
equal(("$name is $age"):gsub("%$(%w+)", {name = "lua", age = 30}), "lua is 30")
equal(("a,b,,c"):gsub(",", ";", 2), "a;b;,c") equal(("f(a(b)c)d"):match("%b()"), "(a(b)c)")
equal(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower), "the (quick) fox")
equal(string.pack("<i4 z s1", 100, "hi", "abc"):byte(1), 100)
equal(select(2, string.unpack("<i4 z", string.pack("<i4 z", -2, "hi"))), "hi")
equal(string.pack(">I2", 258), "\1\2") equal(string.packsize("i4 i4"), 8)
equal(("%q"):format("a\n\"b\"\0"), '"a\\\n\\"b\\"\\0"')
equal(utf8.char(228, 8364, 0x10FFFF), "ä€\u{10FFFF}") equal(utf8.len("häß"), 3)
local points = {} for _, c in utf8.codes("aä") do points[#points + 1] = c end
equal(table.concat(points, " "), "97 228") equal(utf8.len("\xff"), nil)
fails("malformed pattern", string.find, "a", "[a")

-- Tables.
local t = {5, 2, 8, 1} table.sort(t) equal(table.concat(t, ","), "1,2,5,8")
table.sort(t, function(a, b) return a > b end) equal(t[1], 8)
table.insert(t, 1, 9) equal(table.remove(t), 1) equal(#t, 4)
equal(table.unpack(table.move({1, 2, 3}, 1, 3, 2)), 1) equal(select("#", table.unpack({}, 1, 5)), 5)
equal(table.pack(1, nil, 3).n, 3) equal(next({}), nil)
local big = {} for i = 1, 100000 do big[i] = i * i end equal(big[99999], 9999800001)
fails("invalid order function", table.sort, {3, 1, 2, 4, 5, 6, 7, 8}, function() return true end)

-- Functions, closures, goto, variables with attributes.
local function counter() local n = 0 return function() n = n + 1 return n end end
local a, b = counter(), counter() a() equal(a(), 2) equal(b(), 1)
local function depth(n) if n == 0 then return "done" end return depth(n - 1) end
equal(depth(1000000), "done")
local function sum(...) local s = 0 for _, v in ipairs {...} do s = s + v end return s end
equal(sum(1, 2, 3), 6)
do local i = 1 ::top:: i = i * 2 if i < 100 then goto top end equal(i, 128) end
local closed = "" do
  local x <close> = setmetatable({}, {__close = function() closed = closed .. "x" end})
  local y <close> = setmetatable({}, {__close = function() closed = closed .. "y" end})
end
equal(closed, "yx")
check(not load("local c <const> = 1; c = 2"))
fails("stack overflow", function() local function f() return 1 + f() end f() end)

-- Metatables.
local V = {} V.__index = V
V.__add = function(p, q) return setmetatable({x = p.x + q.x}, V) end
V.__eq = function(p, q) return p.x == q.x end
V.__lt = function(p, q) return p.x < q.x end
V.__le = function(p, q) return p.x <= q.x end
V.__call = function(self, n) return self.x * n end
V.__tostring = function(self) return "V" .. self.x end
V.__len = function() return 77 end
V.__concat = function(p) return "cat" end
local v = setmetatable({x = 1}, V) + setmetatable({x = 2}, V)
equal(tostring(v), "V3") equal(v(5), 15) equal(#v, 77) equal(v .. "s", "cat")
check(v == setmetatable({x = 3}, V)) check(v <= v) check(not (v < v))
local seen = {} local proxy = setmetatable({}, {
  __index = function(_, k) return k .. "!" end, __newindex = function(_, k, w) seen[k] = w end})
equal(proxy.a, "a!") proxy.b = 2 equal(seen.b, 2) equal(rawget(proxy, "b"), nil)

-- Errors.
local ok, e = pcall(error, {code = 7}) equal(ok, false) equal(e.code, 7)
equal(select(2, xpcall(function() error("x", 0) end, function(m) return m .. "!" end)), "x!")
fails("attempt to index a nil value (local 'nothing')", load("local nothing; return nothing.x"))
check(not load("x = = 1")) equal(select(2, load("x =", "=c")), "c:1: unexpected symbol near <eof>")
check(debug.traceback("m"):find("stack traceback", 1, true))
equal(debug.getinfo(1, "S").what, "main") equal(debug.getinfo(counter, "u").nups, 0)
local lines_run = 0
debug.sethook(function() lines_run = lines_run + 1 end, "l")
local _ = 1
debug.sethook()
equal(lines_run, 2)

-- Coroutines.
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end return "end" end)
equal(gen(), 1) equal(gen(), 2) equal(gen(), 3) equal(gen(), "end")
fails("cannot resume dead coroutine", gen)
local co = coroutine.create(function(...) local x = coroutine.yield(...) error(x) end)
equal(select(2, coroutine.resume(co, "in")), "in") equal(select(2, coroutine.resume(co, 9)), 9)
equal(coroutine.status(co), "dead")
local cycle = {} for i = 1, 1000 do cycle[i] = coroutine.create(function() coroutine.yield(i) end) end
local total = 0 for i = 1, 1000 do total = total + select(2, coroutine.resume(cycle[i])) end
equal(total, 500500)

-- Garbage collection: both kinds, weak tables, finalizers.
for _, kind in ipairs {"generational", "incremental"} do
  collectgarbage(kind)
  local weak, ended = setmetatable({}, {__mode = "k"}), 0
  for i = 1, 1000 do
    local key = setmetatable({}, {__gc = function() ended = ended + 1 end})
    weak[key] = {key, ("x"):rep(i)}
  end
  collectgarbage() collectgarbage()
  equal(next(weak), nil) equal(ended, 1000)
end
check(collectgarbage("count") > 0)

-- Chunks: text and binary, environments, modules.
local env = {y = 5} equal(load("x = y * 2 return x", "c", "t", env)(), 10) equal(env.x, 10)
local chunk = string.dump(function(n) return n + 1 end) equal(load(chunk, "b", "b")(41), 42)
check(not load(chunk, "b", "t"))
package.preload.mine = function(name) return {name = name} end
equal(require("mine").name, "mine") equal(package.loaded.mine.name, "mine")
fails("module 'no.such' not found", require, "no.such")
equal(type(package.loadlib), "function")
check(package.path:find("/usr/share/lua/5.4/", 1, true))
check(package.cpath:find(MULTIARCH or "linux-gnu", 1, true))

-- Files and the system.
local name = os.tmpname()
local f = check(io.open(name, "wb")) f:write("one\n", 2, "\n", 3.5, "\nlast") f:close()
local lines = {} for line in io.lines(name) do lines[#lines + 1] = line end
equal(table.concat(lines, "|"), "one|2|3.5|last")
f = io.open(name) equal(f:read("l"), "one") equal(f:read("n"), 2) equal(f:read("n"), 3.5)
equal(f:seek("set", 1), 1) equal(f:read(2), "ne") equal(f:read("a"):sub(-4), "last")
equal(f:read(1), nil) f:close() equal(io.type(f), "closed file")
check(os.remove(name)) equal(io.open(name), nil)
local p = io.popen("echo from a shell") equal(p:read("a"), "from a shell\n") equal(p:close(), true)
equal(select(3, os.execute("exit 3")), 3) equal(os.getenv("NO_SUCH_VARIABLE"), nil)
equal(os.time({year = 2000, month = 1, day = 1, hour = 12}) % 60, 0)
equal(os.date("!%Y-%m-%d", 86400), "1970-01-02") check(os.clock() >= 0)

-- What conf/LUA asks for.
equal(type(math.pow), "function")  -- LUA_COMPAT_5_3

print("OK " .. checks .. " checks")

-- Kernels that the trace compiler likes: n-body, fannkuch, spectral norm, strings, tables, FFI.
local function nbody(steps)
  local bodies = {
    { 0, 0, 0, 0, 0, 0, 39.47 }, { 4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.037 },
    { 8.34, 4.12, -0.40, -1.01, 1.81, 0.008, 0.011 }, { 12.89, -15.11, -0.22, 1.08, 0.86, -0.01, 0.0017 },
  }
  for _ = 1, steps do
    for i = 1, #bodies do
      local a = bodies[i]
      for j = i + 1, #bodies do
        local b = bodies[j]
        local x, y, z = a[1] - b[1], a[2] - b[2], a[3] - b[3]
        local square = x * x + y * y + z * z
        local force = 0.01 / (square * math.sqrt(square))
        for n = 4, 6 do
          local d = n == 4 and x or n == 5 and y or z
          a[n] = a[n] - d * b[7] * force
          b[n] = b[n] + d * a[7] * force
        end
      end
    end
    for i = 1, #bodies do
      local a = bodies[i]
      for n = 1, 3 do a[n] = a[n] + 0.01 * a[n + 3] end
    end
  end
  return string.format('%.9f %.9f', bodies[1][1], bodies[3][2])
end
local function fannkuch(n)
  local p, q, s, sign, most, sum = {}, {}, {}, 1, 0, 0
  for i = 1, n do p[i], q[i], s[i] = i, i, i end
  while true do
    local first = p[1]
    if first ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local flips = 1
      while true do
        local next_first = q[first]
        if next_first == 1 then break end
        q[first] = first
        if first >= 4 then
          local i, j = 2, first - 1
          repeat q[i], q[j] = q[j], q[i]; i, j = i + 1, j - 1 until i >= j
        end
        first, flips = next_first, flips + 1
      end
      sum = sum + sign * flips
      if flips > most then most = flips end
    end
    if sign == 1 then
      p[1], p[2], sign = p[2], p[1], -1
    else
      p[2], p[3], sign = p[3], p[2], 1
      for i = 3, n do
        if s[i] ~= 1 then s[i] = s[i] - 1; break end
        if i == n then return sum, most end
        s[i] = i
        local first_one = p[1]
        for j = 1, i do p[j] = p[j + 1] end
        p[i + 1] = first_one
      end
    end
  end
end
local function spectral(n)
  local function a(i, j) local ij = i + j - 1; return 1 / (ij * (ij - 1) * 0.5 + i) end
  local function times(x, y, turned)
    for i = 1, n do
      local sum = 0
      for j = 1, n do sum = sum + x[j] * (turned and a(j, i) or a(i, j)) end
      y[i] = sum
    end
  end
  local u, v, t = {}, {}, {}
  for i = 1, n do u[i] = 1 end
  for _ = 1, 5 do times(u, t); times(t, v, true); times(v, t); times(t, u, true) end
  local vbv, vv = 0, 0
  for i = 1, n do vbv = vbv + u[i] * v[i]; vv = vv + v[i] * v[i] end
  return string.format('%.9f', math.sqrt(vbv / vv))
end
print(jit.version, jit.status())
print('nbody', nbody(20000))
print('fannkuch', fannkuch(8))
print('spectral', spectral(100))
local bit, words, sum = require 'bit', {}, 0
for i = 1, 200000 do sum = bit.tobit(bit.bxor(bit.rol(sum, 5), i * 7919)) end
for i = 1, 20000 do local w = 'w' .. i % 97; words[w] = (words[w] or 0) + #w end
print('bits', sum, words.w5, words.w50)
local ffi = require 'ffi'
ffi.cdef 'int snprintf(char *, size_t, const char *, ...); typedef struct { int32_t x; double y; } point; int getpid(void);'
local points, text = ffi.new('point[?]', 1000), ffi.new('char[64]')
for turn = 1, 100 do for i = 0, 999 do points[i].x = points[i].x + i; points[i].y = points[i].y + i / turn end end
ffi.C.snprintf(text, 64, '%d %.6f', points[999].x, points[999].y)
print('ffi', ffi.string(text), ffi.C.getpid() > 0)
local routines = {}
for n = 1, 100 do routines[n] = coroutine.wrap(function() for i = 1, 50 do coroutine.yield(i * n) end end) end
local total = 0
for _ = 1, 50 do for n = 1, 100 do total = total + routines[n]() end end
print('coroutines', total, pcall(error, { 'thrown' }), select('#', pcall(string.rep)))
for i = 1, 3 do print(pcall(function() local x = nil; for j = 1, 200 do if j == 150 then return x.y end end end)) end

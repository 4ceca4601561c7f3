-- Sends the prepared requests of the file $REQUESTS in turn. The file: for each request the number
-- of its bytes, a newline, and the bytes. With $MUST an answer without this text counts as wrong.
local requests, must, threads, at = {}, os.getenv("MUST"), {}, 0
if must == "" then must = nil end
wrong = 0

function setup(thread) threads[#threads + 1] = thread end

function init()
  local file = io.open(os.getenv("REQUESTS"), "rb")
  while true do
    local size = file:read("*l")
    if not size or size == "" then break end
    requests[#requests + 1] = file:read(tonumber(size))
  end
  file:close()
  at = tonumber(os.getenv("OFFSET")) or 0
end

function request()
  at = at % #requests + 1
  return requests[at]
end

if must then
  function response(status, headers, body)
    if status ~= 200 or not body:find(must, 1, true) then wrong = wrong + 1 end
  end
end

function done(summary, latency)
  local e, bad = summary.errors, 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  print(string.format("RESULT %d %d %d %d %d %d", summary.requests, summary.duration,
    must and bad or e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end

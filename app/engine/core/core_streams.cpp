#include "app/engine/core/base64.h"
#include "app/engine/core/core.h"

/// Results that are streams: kept as chunks beside the step, whose value is `s` and the number of bytes. A
/// chunk is acknowledged when it is committed, and the driver sends the next one only then, so that neither
/// side holds more than one.
namespace stepwell::engine {

void Core::onStreamChunk(LiveInstance& live, LineReader& reader) {
    auto* step = openStep(live, reader.number());
    const auto attempt = reader.number();
    const auto number = reader.number();
    if (step == nullptr || step->row.kind != api::StepKind::step || !step->executing) return;
    if (step->row.attempts != attempt || number != step->chunks) return;
    const auto bytes = fromBase64(reader.raw());
    if (bytes.empty() || bytes.size() > streamChunkBytes) return;
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (live.streamBytes + size > m_settings.streamBytesPerInstance) return streamTooLarge(live, *step);
    m_transaction->insertChunk(live.row.key, step->row.index, number, bytes);
    ++step->chunks;
    step->streamBytes += size;
    live.streamBytes += size;
    LineWriter(lines(live), "a")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(step->row.index.value)
        .number(number);
}

void Core::streamTooLarge(LiveInstance& live, OpenStep& step) {
    const std::string message = "The instance has exceeded the 1GiB storage limit";
    failAttempt(live, step, {"WorkflowFatalError", message, {}, false});
    live.row.errorName = "WorkflowFatalError";
    live.row.errorMessage = message;
    endInstance(live, api::Status::errored);
}

/// User code reads a stream, of the present run or of an earlier one.
void Core::onStreamAsked(LiveInstance& live, LineReader& reader) {
    const auto index = reader.number();
    const auto number = reader.number();
    if (index < 0 || index >= mostSteps) return;
    const auto bytes =
        m_transaction->chunk(live.row.key, StepIndex{static_cast<std::int32_t>(index)}, number);
    LineWriter(lines(live), "S")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(index)
        .number(number)
        .text(toBase64(bytes));
}

/// An attempt that did not succeed leaves nothing of its stream.
void Core::dropStream(LiveInstance& live, OpenStep& step) {
    if (step.chunks == 0) return;
    m_transaction->removeChunks(live.row.key, step.row.index);
    live.streamBytes -= step.streamBytes;
    step.chunks = 0;
    step.streamBytes = 0;
}

void Core::dropOpenStreams(LiveInstance& live) {
    for (auto& [index, step] : live.open)
        dropStream(live, step);
}

}  // namespace stepwell::engine

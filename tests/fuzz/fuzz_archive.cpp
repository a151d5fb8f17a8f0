// Archives that strangers have packed: whatever they hold, no path leads out and no limit is passed.
#include "models/site/archive.h"
#include "models/site/archive_name.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell;
using namespace stepwell::site;

namespace {

constexpr ArchiveLimits limits{16, 64, 4'096, 16'384, 400, 16'384};

class CheckingSink final : public ArchiveSink {
  public:
    api::Result<void> begin(const std::string& path) override {
        const bool bad = path.empty() || path.front() == '/' || path.find('\0') != std::string::npos ||
                         ("/" + path + "/").find("/../") != std::string::npos || !isUtf8(path) ||
                         path.size() > 8'192;
        if (bad || m_open) std::abort();
        m_open = true;
        m_written = 0;
        return {};
    }
    api::Result<void> write(std::string_view bytes) override {
        m_written += static_cast<std::int64_t>(bytes.size());
        if (!m_open || m_written > limits.largestFile) std::abort();
        return {};
    }
    api::Result<void> end(End) override {
        m_open = false;
        return {};
    }

  private:
    bool m_open = false;
    std::int64_t m_written = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    CheckingSink sink;
    const auto summary = readArchive(input, "fuzzed.zip", limits, sink);
    if (summary && (summary->files > limits.mostFiles || summary->bytes > limits.mostBytes)) std::abort();
    if (!summary && summary.error().message.empty()) std::abort();
    const auto name = decodedName(input);
    if (!isUtf8(name)) std::abort();
    safePath(name);
    return 0;
}

#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// The bytes of an archive, wherever they are. One thread.
class ArchiveBytes {
  public:
    virtual ~ArchiveBytes() = default;
    virtual std::uint64_t size() const = 0;
    /// A stretch that lies within; the view lasts until the next call. Blocks on the disk.
    virtual api::Result<std::string_view> read(std::uint64_t from, std::uint64_t bytes) = 0;
};

/// Those of a text, which outlives this.
class ArchiveText final : public ArchiveBytes {
  public:
    explicit ArchiveText(std::string_view text)
        : m_text(text) {}
    std::uint64_t size() const override { return m_text.size(); }
    api::Result<std::string_view> read(std::uint64_t from, std::uint64_t bytes) override {
        return m_text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(bytes));
    }

  private:
    std::string_view m_text;
};

/// Those of an open file, which outlives this. One stretch is in memory at a time, and what lies behind it so
/// far as it is read ahead.
class ArchiveFile final : public ArchiveBytes {
  public:
    ArchiveFile(int descriptor, std::uint64_t size)
        : m_descriptor(descriptor)
        , m_size(size) {}
    std::uint64_t size() const override { return m_size; }
    /// Error 500 when the disk does not give what was written.
    api::Result<std::string_view> read(std::uint64_t from, std::uint64_t bytes) override;

  private:
    int m_descriptor;
    std::uint64_t m_size;
    std::uint64_t m_from = 0;  ///< of the window in the file
    std::string m_window;
};

}  // namespace stepwell::engine::pages

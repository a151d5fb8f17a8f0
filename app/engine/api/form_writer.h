#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::rest {

/// A multipart/form-data body that is made here.
class FormWriter {
  public:
    struct Part {
        std::string_view name;
        std::string_view contentType;  ///< empty: a plain field, without a file name
        std::string_view bytes;        ///< outlives the writer
    };
    /// `parts` in the order they go out; their bytes decide the boundary, which none of them holds.
    explicit FormWriter(std::vector<Part> parts);

    std::string contentType() const { return "multipart/form-data; boundary=" + m_boundary; }
    std::string body() const;

  private:
    std::vector<Part> m_parts;
    std::string m_boundary;
};

}  // namespace stepwell::engine::rest

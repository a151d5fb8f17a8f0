#pragma once

#include "models/json/json_document.h"

namespace stepwell::json {

/// Reads one text into nodes. Keeps its own stack, so deep nesting cannot exhaust the thread's.
class Parser {
  public:
    explicit Parser(Document& document)
        : document_(document)
        , text_(document.text_) {}
    /// The reason why the text is no JSON; empty when it is.
    std::string run();

  private:
    bool value();
    bool open(Kind kind);
    bool close(char bracket);
    bool literal(std::string_view word, Kind kind);
    bool number();
    bool string(std::uint32_t& from, std::uint32_t& size);
    bool escape();
    bool member();
    bool afterValue();
    void skipSpace();
    bool digits();
    bool fail(const char* what);
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    Node& add(Kind kind);

    Document& document_;
    const std::string& text_;
    std::size_t at_ = 0;
    std::vector<std::uint32_t> open_;  // containers around the current place
    std::uint32_t keyFrom_ = 0;
    std::uint32_t keySize_ = 0;
    bool done_ = false;
    std::string problem_;
};

}  // namespace stepwell::json

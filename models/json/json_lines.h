#pragma once

#include "models/json/json_document.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace stepwell::json {

enum class Part { indent, key, string, number, word, punctuation, note };

/// A stretch of a line in one colour.
struct Piece {
    Part part = Part::punctuation;
    QString text;
};

/// A document as foldable lines. Only what is unfolded has lines; text that is no JSON is shown as plain
/// lines.
class Lines {
  public:
    /// Beyond this many nodes only the first two levels start unfolded.
    static constexpr std::size_t unfoldUpTo = 3000;
    /// Longer strings are cut on the screen, never in a copy.
    static constexpr qsizetype longestShown = 2000;

    struct Line {
        std::uint32_t node = 0;
        bool closes = false;  ///< the line of the closing bracket
        friend bool operator==(const Line&, const Line&) = default;
    };

    void setDocument(std::shared_ptr<const Document> document);
    /// `columns`: where lines are broken.
    void setPlain(const QString& text, int columns);
    void clear();

    bool isJson() const { return document_ != nullptr; }
    const Document* document() const { return document_.get(); }
    int count() const;
    const Line& line(int row) const { return lines_.at(static_cast<std::size_t>(row)); }
    std::vector<Piece> pieces(int row) const;
    QString text(int row) const;

    bool canFold(int row) const;
    bool isFolded(int row) const;
    void setFolded(int row, bool folded);
    void foldAll(bool folded);
    /// The line of the node; unfolds what is around it when `reveal`.
    std::optional<int> rowOf(std::uint32_t node) const;
    int reveal(std::uint32_t node);

    /// Nodes whose key or value contains `needle`, without regard to case; at most `most`. In plain text:
    /// lines.
    std::vector<std::uint32_t> find(const QString& needle, std::size_t most = 10'000) const;

    /// Whole value, whole text, path of a line.
    QString copyValue(int row) const;
    QString copyPath(int row) const;
    QString copyAll() const;

  private:
    void rebuild();
    void append(std::vector<Line>& into, std::uint32_t node) const;
    bool isFoldedNode(std::uint32_t node) const { return folded_.at(node); }

    std::shared_ptr<const Document> document_;
    std::vector<bool> folded_;  // by node
    std::vector<Line> lines_;
    std::vector<QString> plain_;
    QString plainText_;
};

}  // namespace stepwell::json

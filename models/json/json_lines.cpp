#include "models/json/json_lines.h"

#include <QLocale>

#include <algorithm>

namespace stepwell::json {
namespace {

QString shownText(std::string_view raw) {
    constexpr std::size_t most = static_cast<std::size_t>(Lines::longestShown);
    if (raw.size() <= most) return QString::fromUtf8(raw.data(), static_cast<qsizetype>(raw.size()));
    return QString::fromUtf8(raw.data(), static_cast<qsizetype>(most)) + QStringLiteral("…");
}

Part partOf(Kind kind) {
    switch (kind) {
    case Kind::string:
        return Part::string;
    case Kind::number:
        return Part::number;
    case Kind::boolean:
    case Kind::null:
        return Part::word;
    case Kind::object:
    case Kind::array:
        break;
    }
    return Part::punctuation;
}

QString foldedNote(const Node& node) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    const QString number = english.toString(static_cast<qulonglong>(node.children));
    const char* word = node.kind == Kind::object ? (node.children == 1 ? " member" : " members")
                                                 : (node.children == 1 ? " element" : " elements");
    return QStringLiteral("  ") + number + QLatin1String(word);
}

}  // namespace

void Lines::clear() {
    document_.reset();
    folded_.clear();
    lines_.clear();
    plain_.clear();
    plainText_.clear();
}

void Lines::setDocument(std::shared_ptr<const Document> document) {
    clear();
    document_ = std::move(document);
    const auto& nodes = document_->nodes();
    folded_.assign(nodes.size(), false);
    if (nodes.size() > unfoldUpTo)
        for (std::size_t i = 0; i < nodes.size(); ++i)
            folded_[i] = nodes[i].depth >= 2 && nodes[i].children > 0;
    rebuild();
}

void Lines::setPlain(const QString& text, int columns) {
    const QString kept = text;
    clear();
    plainText_ = kept;
    const qsizetype width = std::max(columns, 16);
    for (const QString& line : kept.split(QLatin1Char('\n'))) {
        qsizetype from = 0;
        do {
            plain_.push_back(line.mid(from, width));
            from += width;
        } while (from < line.size());
    }
}

int Lines::count() const {
    return static_cast<int>(isJson() ? lines_.size() : plain_.size());
}

void Lines::append(std::vector<Line>& into, std::uint32_t node) const {
    std::vector<std::uint32_t> open;
    const std::uint32_t end = document_->node(node).end;
    for (std::uint32_t i = node; i < end;) {
        while (!open.empty() && document_->node(open.back()).end <= i) {
            into.push_back({open.back(), true});
            open.pop_back();
        }
        into.push_back({i, false});
        const Node& current = document_->node(i);
        const bool enters = current.children > 0 && !isFoldedNode(i);
        if (enters) open.push_back(i);
        i = enters ? i + 1 : current.end;
    }
    for (; !open.empty(); open.pop_back())
        into.push_back({open.back(), true});
}

void Lines::rebuild() {
    lines_.clear();
    if (document_ && !document_->nodes().empty()) append(lines_, 0);
}

std::vector<Piece> Lines::pieces(int row) const {
    if (!isJson()) return {{Part::string, plain_.at(static_cast<std::size_t>(row))}};
    const Line& at = line(row);
    const Node& node = document_->node(at.node);
    const bool last = node.parent == at.node || node.position + 1 == document_->node(node.parent).children;
    const QString comma = last ? QString() : QStringLiteral(",");
    const bool object = node.kind == Kind::object;
    std::vector<Piece> result{{Part::indent, QString(node.depth * 2, QLatin1Char(' '))}};
    if (at.closes) {
        result.push_back({Part::punctuation, (object ? QStringLiteral("}") : QStringLiteral("]")) + comma});
        return result;
    }
    if (node.keySize > 0) {
        result.push_back({Part::key, shownText(document_->rawKey(at.node))});
        result.push_back({Part::punctuation, QStringLiteral(": ")});
    }
    if (!document_->isContainer(at.node)) {
        result.push_back({partOf(node.kind), shownText(document_->raw(at.node))});
        if (!last) result.push_back({Part::punctuation, comma});
    } else if (node.children == 0) {
        result.push_back({Part::punctuation, (object ? QStringLiteral("{}") : QStringLiteral("[]")) + comma});
    } else if (isFoldedNode(at.node)) {
        result.push_back(
            {Part::punctuation, (object ? QStringLiteral("{…}") : QStringLiteral("[…]")) + comma});
        result.push_back({Part::note, foldedNote(node)});
    } else {
        result.push_back({Part::punctuation, object ? QStringLiteral("{") : QStringLiteral("[")});
    }
    return result;
}

QString Lines::text(int row) const {
    QString result;
    for (const Piece& piece : pieces(row))
        result += piece.text;
    return result;
}

bool Lines::canFold(int row) const {
    return isJson() && !line(row).closes && document_->node(line(row).node).children > 0;
}

bool Lines::isFolded(int row) const {
    return canFold(row) && isFoldedNode(line(row).node);
}

void Lines::setFolded(int row, bool folded) {
    if (!canFold(row) || isFolded(row) == folded) return;
    const std::uint32_t node = line(row).node;
    const auto begin = lines_.begin() + row;
    auto end = begin + 1;
    if (folded) {
        end = std::find_if(begin + 1, lines_.end(),
                           [node](const Line& l) { return l.node == node && l.closes; }) +
              1;
    }
    folded_[node] = folded;
    std::vector<Line> replacement;
    append(replacement, node);
    const auto at = lines_.erase(begin, end);
    lines_.insert(at, replacement.begin(), replacement.end());
}

void Lines::foldAll(bool folded) {
    if (!isJson()) return;
    for (std::size_t i = 0; i < folded_.size(); ++i) {
        const Node& node = document_->node(static_cast<std::uint32_t>(i));
        folded_[i] = folded && node.depth >= 1 && node.children > 0;
    }
    rebuild();
}

std::optional<int> Lines::rowOf(std::uint32_t node) const {
    if (!isJson()) return node < plain_.size() ? std::optional(static_cast<int>(node)) : std::nullopt;
    const auto found = std::find(lines_.begin(), lines_.end(), Line{node, false});
    if (found == lines_.end()) return std::nullopt;
    return static_cast<int>(found - lines_.begin());
}

int Lines::reveal(std::uint32_t node) {
    if (const auto row = rowOf(node)) return *row;
    if (!isJson() || node >= folded_.size()) return 0;
    for (std::uint32_t at = node; at != document_->node(at).parent;) {
        at = document_->node(at).parent;
        folded_[at] = false;
    }
    rebuild();
    return rowOf(node).value_or(0);
}

std::vector<std::uint32_t> Lines::find(const QString& needle, std::size_t most) const {
    std::vector<std::uint32_t> found;
    if (needle.isEmpty()) return found;
    if (!isJson()) {
        for (std::size_t i = 0; i < plain_.size() && found.size() < most; ++i)
            if (plain_[i].contains(needle, Qt::CaseInsensitive))
                found.push_back(static_cast<std::uint32_t>(i));
        return found;
    }
    const auto has = [&needle](std::string_view text) {
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))
            .contains(needle, Qt::CaseInsensitive);
    };
    for (std::uint32_t i = 0; i < document_->nodes().size() && found.size() < most; ++i)
        if (has(document_->rawKey(i)) || (!document_->isContainer(i) && has(document_->raw(i))))
            found.push_back(i);
    return found;
}

QString Lines::copyValue(int row) const {
    if (!isJson()) return plain_.at(static_cast<std::size_t>(row));
    return QString::fromStdString(document_->copyText(line(row).node));
}

QString Lines::copyPath(int row) const {
    return isJson() ? QString::fromStdString(document_->path(line(row).node)) : QString();
}

QString Lines::copyAll() const {
    if (!isJson()) return plainText_;
    return QString::fromStdString(document_->nodes().empty() ? std::string() : document_->copyText(0));
}

}  // namespace stepwell::json

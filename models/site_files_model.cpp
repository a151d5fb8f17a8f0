#include "models/site_files_model.h"

#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

/// Where a number that begins at `from` ends.
qsizetype endOfNumber(const QString& text, qsizetype from) {
    while (from < text.size() && text[from].isDigit())
        ++from;
    return from;
}

/// By letters, whatever their case, and by the value of the numbers in them: page-2 is in front of page-10.
bool comesBefore(const QString& left, const QString& right) {
    qsizetype i = 0, j = 0;
    while (i < left.size() && j < right.size()) {
        if (left[i].isDigit() && right[j].isDigit()) {
            while (i < left.size() && left[i] == QLatin1Char('0'))
                ++i;
            while (j < right.size() && right[j] == QLatin1Char('0'))
                ++j;
            const auto iEnd = endOfNumber(left, i), jEnd = endOfNumber(right, j);
            if (iEnd - i != jEnd - j) return iEnd - i < jEnd - j;
            for (; i < iEnd; ++i, ++j)
                if (left[i] != right[j]) return left[i] < right[j];
            continue;
        }
        const auto a = left[i++].toCaseFolded(), b = right[j++].toCaseFolded();
        if (a != b) return a < b;
    }
    return left.size() - i < right.size() - j;
}

}  // namespace

void SiteFilesModel::setFiles(std::vector<api::SiteFile> files) {
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    beginResetModel();
    m_files = std::move(files);
    build();
    endResetModel();
}

void SiteFilesModel::setFilter(const QString& text) {
    if (text == m_filter) return;
    beginResetModel();
    m_filter = text;
    build();
    endResetModel();
}

void SiteFilesModel::build() {
    m_nodes.assign(1, Node{});
    for (int file = 0; file < fileCount(); ++file)
        if (m_filter.isEmpty() ||
            toQt(m_files[static_cast<std::size_t>(file)].path).contains(m_filter, Qt::CaseInsensitive))
            add(file);
    settle(0);
}

/// Files come ordered by path, so a folder that is there already is the last one of its parent.
void SiteFilesModel::add(int file) {
    const auto& entry = m_files[static_cast<std::size_t>(file)];
    const QStringList parts = toQt(entry.path).split(QLatin1Char('/'), Qt::SkipEmptyParts);
    int at = 0;
    for (int depth = 0; depth < parts.size(); ++depth) {
        auto& node = m_nodes[static_cast<std::size_t>(at)];
        node.bytes += entry.size;
        ++node.count;
        const bool leaf = depth + 1 == parts.size();
        const int last = node.children.empty() ? -1 : node.children.back();
        if (!leaf && last >= 0 && m_nodes[static_cast<std::size_t>(last)].file < 0 &&
            m_nodes[static_cast<std::size_t>(last)].name == parts[depth]) {
            at = last;
            continue;
        }
        const int made = static_cast<int>(m_nodes.size());
        node.children.push_back(made);
        m_nodes.push_back({parts[depth], at, 0, leaf ? file : -1, leaf ? 1 : 0, leaf ? entry.size : 0, {}});
        at = made;
    }
}

/// Folders first.
void SiteFilesModel::settle(int index) {
    auto& children = m_nodes[static_cast<std::size_t>(index)].children;
    std::stable_sort(children.begin(), children.end(), [this](int a, int b) {
        const auto& left = m_nodes[static_cast<std::size_t>(a)];
        const auto& right = m_nodes[static_cast<std::size_t>(b)];
        if ((left.file < 0) != (right.file < 0)) return left.file < 0;
        return comesBefore(left.name, right.name);
    });
    for (std::size_t row = 0; row < children.size(); ++row) {
        m_nodes[static_cast<std::size_t>(children[row])].row = static_cast<int>(row);
        settle(children[row]);
    }
}

int SiteFilesModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<int>(index.internalId()) : 0;
}

QString SiteFilesModel::pathOf(int node) const {
    QString path;
    for (int at = node; at > 0; at = m_nodes[static_cast<std::size_t>(at)].parent)
        path.prepend(QLatin1Char('/') + m_nodes[static_cast<std::size_t>(at)].name);
    return path;
}

QModelIndex SiteFilesModel::index(int row, int column, const QModelIndex& parent) const {
    if (m_nodes.empty() || row < 0 || column < 0 || column >= ColumnCount) return {};
    const auto& children = m_nodes[static_cast<std::size_t>(nodeOf(parent))].children;
    if (row >= static_cast<int>(children.size())) return {};
    return createIndex(row, column, static_cast<quintptr>(children[static_cast<std::size_t>(row)]));
}

QModelIndex SiteFilesModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const int parent = m_nodes[static_cast<std::size_t>(nodeOf(index))].parent;
    if (parent <= 0) return {};
    return createIndex(m_nodes[static_cast<std::size_t>(parent)].row, 0, static_cast<quintptr>(parent));
}

int SiteFilesModel::rowCount(const QModelIndex& parent) const {
    if (m_nodes.empty() || (parent.isValid() && parent.column() > 0)) return 0;
    return static_cast<int>(m_nodes[static_cast<std::size_t>(nodeOf(parent))].children.size());
}

int SiteFilesModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QVariant SiteFilesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto& node = m_nodes[static_cast<std::size_t>(nodeOf(index))];
    const bool folder = node.file < 0;
    const auto* file = folder ? nullptr : &m_files[static_cast<std::size_t>(node.file)];
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Name) return folder ? node.name + QLatin1Char('/') : node.name;
        if (index.column() == Size) return sizeText(node.bytes);
        if (folder) return node.count == 1 ? tr("1 file") : tr("%1 files").arg(node.count);
        return toQt(file->contentType);
    case Qt::TextAlignmentRole:
        if (index.column() == Size)
            return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
        return {};
    case Qt::ToolTipRole:
        if (index.column() == Size) return tr("%1 bytes").arg(node.bytes);
        return pathOf(nodeOf(index));
    case PathRole:
        return pathOf(nodeOf(index));
    case FolderRole:
        return folder;
    case BytesRole:
        return node.bytes;
    case CountRole:
        return node.count;
    case KeyRole:
        return file ? toQt(file->key) : QString();
    default:
        return {};
    }
}

QVariant SiteFilesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole && section == Size)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role != Qt::DisplayRole) return {};
    return section == Name ? tr("File") : section == Size ? tr("Size") : tr("Type");
}

}  // namespace stepwell

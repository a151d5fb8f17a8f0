#pragma once

#include "models/api/site_file.h"

#include <QAbstractItemModel>
#include <QString>

#include <vector>

namespace stepwell {

/// The files of a deployment as a tree: folders first, each level by name. A folder tells how many files are
/// below it and how large they are together. Made for 100,000 files: a node is a few words and is made once.
class SiteFilesModel : public QAbstractItemModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Name, Size, Type, ColumnCount };
    enum Role {
        PathRole = Qt::UserRole + 1,  ///< QString, "/a/b.html"; of folders "/a"
        FolderRole,                   ///< bool
        BytesRole,                    ///< qlonglong
        CountRole,                    ///< int, files below; 1 for a file
        KeyRole,                      ///< QString; empty for folders
    };
    using QAbstractItemModel::QAbstractItemModel;

    void setFiles(std::vector<api::SiteFile> files);
    /// Shows only files whose path holds this text, in either case; empty: all.
    void setFilter(const QString& text);
    int fileCount() const { return static_cast<int>(m_files.size()); }
    int shownCount() const { return m_nodes.empty() ? 0 : m_nodes.front().count; }
    qint64 bytes() const { return m_nodes.empty() ? 0 : m_nodes.front().bytes; }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Node {
        QString name;
        int parent = -1;
        int row = 0;    ///< among its parent's
        int file = -1;  ///< in m_files; -1: a folder
        int count = 0;
        qint64 bytes = 0;
        std::vector<int> children;
    };
    void build();
    void add(int file);
    void settle(int node);
    int nodeOf(const QModelIndex& index) const;
    QString pathOf(int node) const;

    std::vector<api::SiteFile> m_files;
    std::vector<Node> m_nodes;  ///< the root first
    QString m_filter;
};

}  // namespace stepwell

#pragma once

#include "models/api/site_file.h"
#include "models/list_model.h"

namespace stepwell {

/// One file that two deployments do not have alike.
struct SiteFileDifference {
    enum class Kind { added, changed, moved, removed };
    Kind kind = Kind::changed;
    std::string path;             ///< in the later one; of a removed one, in the earlier
    std::string from;             ///< of a moved one: where it was
    std::int64_t sizeBefore = 0;  ///< bytes
    std::int64_t sizeAfter = 0;
};

struct SiteComparison {
    std::vector<SiteFileDifference> rows;  ///< added, changed, moved, removed, each by path
    std::int64_t same = 0;                 ///< files
    std::int64_t bytesBefore = 0;
    std::int64_t bytesAfter = 0;

    std::int64_t count(SiteFileDifference::Kind kind) const;
};

/// A file that went and one of the same key that came are one that moved.
SiteComparison compareSites(std::vector<api::SiteFile> before, std::vector<api::SiteFile> after);

/// The rows of a comparison as a table.
class SiteComparisonModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Change, Path, Before, After, ColumnCount };
    enum Role { KindRole = Qt::UserRole + 1 };  ///< int of SiteFileDifference::Kind

    explicit SiteComparisonModel(QObject* parent = nullptr);
    void setComparison(SiteComparison comparison);
    const SiteComparison& comparison() const { return m_comparison; }

  protected:
    int rows() const override { return static_cast<int>(m_comparison.rows.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    SiteComparison m_comparison;
};

}  // namespace stepwell

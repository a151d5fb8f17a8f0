#pragma once

#include "models/api/types.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QPointer>

namespace stepwell {

class Backend;

/// Versions of one workflow, newest first. Loads again when the workflow changes, at most twice a second.
class VersionsModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Number, Created, Id, ScriptVersion, ColumnCount };
    enum Role { IdRole = Qt::UserRole + 1, CreatedRole };

    explicit VersionsModel(QObject* parent = nullptr);

    /// Loads from there; not owned, may be null.
    void setSource(Backend* backend, const std::string& workflow);
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);
    const api::Version* at(int row) const;
    int rowOf(const std::string& id) const;

  protected:
    int rows() const override { return static_cast<int>(m_versions.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    void load();
    void take(api::Result<std::vector<api::Version>> answer);

    QPointer<Backend> m_backend;
    std::string m_workflow;
    std::vector<api::Version> m_versions;
    Coalescer m_refresh;
    int m_generation = 0;
};

}  // namespace stepwell

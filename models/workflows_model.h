#pragma once

#include "models/api/types.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QPointer>

Q_DECLARE_METATYPE(stepwell::api::WorkflowActivity)

namespace stepwell {

class Backend;

/// All workflows of a backend, sorted by name. Follows live events with at most two loads a second; polls
/// every 5 s where there is no live stream. Rows keep their identity over refreshes, so selections stay.
class WorkflowsModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Name, Activity, Running, Waiting, Errored, Complete, Duration, LastRun, ColumnCount };
    /// Every role answers in every column, except SortRole, which is that of the column.
    enum Role {
        NameRole = Qt::UserRole + 1,  ///< QString
        ClassRole,                    ///< QString
        ScriptRole,                   ///< QString
        ActivityRole,                 ///< api::WorkflowActivity; invalid when the backend does not tell
        CountRole,      ///< qlonglong: the count of the column's status; invalid in other columns
        CountsRole,     ///< QVariantMap, status name -> qlonglong
        P50Role,        ///< qlonglong, ms; invalid when unknown
        P99Role,        ///< qlonglong, ms; invalid when unknown
        TriggeredRole,  ///< QDateTime, UTC; invalid when never
        NextRunRole,    ///< QDateTime, UTC; of the earliest schedule
        VersionRole,    ///< int, 12 for "v12"; 0 when unknown
        WorkflowRole,   ///< api::Workflow, the whole of it
        SortRole,
    };

    explicit WorkflowsModel(QObject* parent = nullptr);

    /// Loads from this backend from now on; not owned, may be null.
    void setBackend(Backend* backend);
    /// Loads now.
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);

    const std::vector<api::Workflow>& workflows() const { return m_workflows; }
    /// -1 when there is none of that name.
    int rowOf(const std::string& name) const;
    /// Distinct script names, for "5 in 4 scripts".
    int scriptCount() const;

  protected:
    int rows() const override;
    QVariant value(int row, int column, int role) const override;

  private:
    void load();
    void take(api::Result<std::vector<api::Workflow>> answer);
    void onLiveState();
    QVariant display(const api::Workflow& workflow, int column) const;
    QVariant sortKey(const api::Workflow& workflow, int column) const;

    QPointer<Backend> m_backend;
    std::vector<api::Workflow> m_workflows;
    Coalescer m_refresh;
    QTimer m_poll;
    int m_generation = 0;
    bool m_inFlight = false;
    bool m_active = true;
};

}  // namespace stepwell

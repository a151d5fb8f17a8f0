#pragma once

#include "models/api/worker.h"
#include "models/backend.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QPointer>

namespace stepwell {

/// All Workers of a backend, sorted by name, with the workflows that each defines and the next run of its
/// crons. Loads when workflows change, and every 10 s while active: a Worker without workflows changes
/// unseen.
class WorkersModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Name, Address, Workflows, NextRun, Modified, ColumnCount };
    /// Every role answers in every column.
    enum Role {
        NameRole = Qt::UserRole + 1,  ///< QString
        UrlRole,                      ///< QString; empty: not told, or it has no fetch handler
        HandlersRole,                 ///< QStringList; invalid when the backend does not tell
        WorkflowsRole,                ///< QStringList, sorted; invalid when the backend did not answer yet
        CronsRole,                    ///< QStringList; invalid when the backend does not tell, or not yet
        NextRunRole,                  ///< QDateTime, UTC; of the earliest cron
        ModifiedRole,                 ///< QDateTime, UTC
    };

    explicit WorkersModel(QObject* parent = nullptr);

    /// Loads from this backend from now on; not owned, may be null.
    void setBackend(Backend* backend);
    /// Loads now.
    void refresh();
    /// A hidden page sets false: no loads until it is true again.
    void setActive(bool active);
    /// -1 when there is none of that name.
    int rowOf(const QString& name) const;

    /// Backends that do not list crons are asked for those of so many Workers.
    static constexpr std::size_t mostAskedForCrons = 30;

  protected:
    int rows() const override { return static_cast<int>(m_rows.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    struct Row {
        api::Worker worker;
        /// Kept when a later question fails; nothing: never answered.
        std::optional<std::vector<std::string>> workflows;
        bool listsCrons = false;  ///< the list of the Workers told them
    };
    using Crons = std::vector<api::Schedule>;
    /// What one Worker was asked for.
    struct AskedCrons {
        std::optional<Crons> crons;         ///< nothing: not answered
        std::optional<api::Time> modified;  ///< of the Worker when it was asked
    };
    void load();
    void take(const std::vector<api::Worker>& workers,
              const api::Result<std::vector<api::Workflow>>& workflows);
    Row rowFor(const api::Worker& worker, const api::Result<std::vector<api::Workflow>>& workflows) const;
    void askForCrons();
    void takeCrons(const std::string& name, const api::Result<Crons>& answer);
    void schedulePoll();
    QVariant display(const Row& row, int column) const;
    QVariant tip(const Row& row, int column) const;

    QPointer<Backend> m_backend;
    std::vector<Row> m_rows;
    std::map<std::string, AskedCrons> m_crons;  ///< by Worker that is listed without them
    std::optional<api::Error> m_workflowsError;
    Coalescer m_refresh;
    QTimer m_poll;
    int m_generation = 0;
    bool m_inFlight = false;
    bool m_active = true;
};

/// The earliest run of these crons after now; where the backend does not tell, as the cron reads.
std::optional<api::Time> nextRunOf(const std::vector<api::Schedule>& crons, api::Time now);

}  // namespace stepwell

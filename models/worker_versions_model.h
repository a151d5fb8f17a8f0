#pragma once

#include "models/list_model.h"
#include "models/worker_feed.h"

namespace stepwell {

/// The uploads of one Worker, newest first, and which of them answers. Shows what a feed knows.
class WorkerVersionsModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Number, Deployed, Created, Source, Message, Id, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole + 1,  ///< QString
        ShareRole,                  ///< int, per cent of what is answered; 0: it is not deployed
        TimeRole,                   ///< QDateTime, UTC; of the columns Deployed and Created, else invalid
    };

    explicit WorkerVersionsModel(QObject* parent = nullptr);

    /// Takes over what the feed knows now.
    void show(const WorkerFeed& feed);
    /// Forgets what is shown.
    void clear();
    QString idAt(int row) const;
    /// "v12", or the start of the id where versions have no numbers.
    QString nameAt(int row) const;

  protected:
    int rows() const override { return static_cast<int>(m_versions.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    int shareOf(const api::WorkerVersion& version) const;
    QString deployedText(const api::WorkerVersion& version) const;
    QVariant timeOf(const api::WorkerVersion& version, int column) const;

    std::vector<api::WorkerVersion> m_versions;
    std::vector<api::WorkerDeployment> m_deployments;
};

}  // namespace stepwell

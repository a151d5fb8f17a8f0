#pragma once

#include "models/between/promotion.h"
#include "widgets/between/peers.h"

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace stepwell {

/// Where a promotion goes, what is to be known first, and the secrets that are asked for. GUI thread.
class PromoteForm : public QWidget {
    Q_OBJECT
  public:
    PromoteForm(between::Promotion& promotion, Backend& source, Peers peers, QWidget* parent = nullptr);

    /// Chooses the first backend that can take it, unless one is chosen.
    void proposeTarget();
    /// Lists the backends anew: one has been opened.
    void listPeers();
    /// Reads and compares, when all that it takes is chosen.
    void aim();
    /// The one that is chosen; nothing while none is.
    std::optional<Peer> target() const;
    /// Why nothing can be sent as it stands; empty: it can.
    QString problem() const;
    between::Secrets secrets() const;
    void clearSecrets();

    QComboBox& targets() { return *targets_; }
    /// Shown while the target is not open.
    QPushButton& openTarget() { return *openTarget_; }
    QLineEdit& name() { return *name_; }
    QLineEdit& branch() { return *branch_; }
    /// In the order of the plan.
    const std::vector<QLineEdit*>& secretFields() const { return fields_; }
    QCheckBox& takeover() { return *takeover_; }
    /// Shown where nothing would change: it is sent only when somebody wants that.
    QCheckBox& allTheSame() { return *allTheSame_; }

  signals:
    void changed();
    /// A backend without an open tab was chosen, or is to be asked for once more.
    void openRequested(const QString& id);

  private:
    void layOut();
    void onTarget();
    void showPlan();
    void showCards(const between::PromotionPlan& plan);
    void showSecrets(const between::PromotionPlan& plan);
    QString nameProblem() const;
    bool isSite() const { return promotion_.subject().kind == between::PromotionKind::site; }

    between::Promotion& promotion_;
    QPointer<Backend> source_;
    Peers peers_;
    std::vector<Peer> listed_;
    QComboBox* targets_;
    QLabel* targetNote_;
    QPushButton* openTarget_;
    QLineEdit* name_;
    QLabel* nameNote_;
    QLineEdit* branch_;
    QWidget* branchBox_;
    QWidget* cards_;
    QVBoxLayout* cardRows_;
    QCheckBox* takeover_;
    QCheckBox* allTheSame_;
    QWidget* secrets_;
    QVBoxLayout* secretRows_;
    QLabel* kept_;
    std::vector<QLineEdit*> fields_;
    std::vector<std::string> asked_;  ///< the secrets that there are fields for
    QTimer rest_;                     ///< typing has rested
};

}  // namespace stepwell

#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <map>

/// What the steps of the crash workflow reported about themselves, checked as it comes in. A step of a later
/// stage, or of a later round, runs only when all steps before it are stored for good, so a report from
/// before that means that a completed step ran again.
namespace stepwell::test {

class Journal {
  public:
    /// "/x?n=3&mark=6ba7b810-...&before=&stage=1&step=tail-1"
    void take(const QByteArray& target);
    /// The API has shown this step as complete: it must not report any more.
    void sawComplete(int n, const QString& mark, const QString& step) {
        round(n, mark).steps[step].complete = true;
    }
    /// Nothing of this instance may run from now on; `why` ends "although it".
    void freeze(int n, const QString& why) { frozen_[n] = why; }
    void thaw(int n) { frozen_.remove(n); }

    /// Executions of a step, in all rounds that had it.
    int runs(int n, const QString& step) const { return runs_.value(n).value(step); }
    int total() const { return total_; }
    const QStringList& violations() const { return violations_; }

  private:
    struct Step {
        bool complete = false;
    };
    struct Round {
        int stage = -1;
        bool isOver = false;
        QHash<QString, Step> steps;
    };
    Round& round(int n, const QString& mark) { return rounds_[{n, mark}]; }

    std::map<std::pair<int, QString>, Round> rounds_;
    QHash<int, QHash<QString, int>> runs_;
    QHash<int, QString> frozen_;
    int total_ = 0;
    QStringList violations_;
};

}  // namespace stepwell::test

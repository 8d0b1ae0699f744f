using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds the mining of hard negatives to <see cref="RankingCatalog"/>.</summary>
public static class BertHardNegativesCatalog
{
    /// <summary>
    /// Finds texts that a checkpoint considers similar to the first text of a pair, although they do not belong to it. Training with them
    /// (<see cref="MultipleNegativesRankingLoss"/> with a third text, <see cref="TripletLoss"/>) teaches more than with random texts.
    /// </summary>
    /// <remarks>
    /// Everything is computed when the method is called. Each first text is compared with all second texts and with the corpus. Its own
    /// second texts and texts that equal it are not negatives. The result does not depend on the number of threads.
    /// </remarks>
    /// <param name="catalog">The catalog of ranking.</param>
    /// <param name="pairs">Rows with two texts that belong together. Several rows can have the same first text.</param>
    /// <param name="options">The checkpoint, usually the one that is to be trained, and which texts are negatives.</param>
    /// <param name="corpus">Rows with further texts that can be negatives; null for none.</param>
    /// <returns>
    /// A row for each pair and each negative, with the columns <see cref="BertHardNegativesOptions.Sentence1ColumnName"/>,
    /// <see cref="BertHardNegativesOptions.Sentence2ColumnName"/> and <see cref="BertHardNegativesOptions.Sentence3ColumnName"/>, in the
    /// order of the first texts and of decreasing similarity. Pairs without negatives are left out. Equal pairs are one.
    /// </returns>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not text.</exception>
    /// <exception cref="InvalidOperationException">No pair has a negative.</exception>
    /// <exception cref="OperationCanceledException">The options' token was canceled.</exception>
    public static IDataView MineHardNegatives(
        this RankingCatalog catalog, IDataView pairs, BertHardNegativesOptions options, IDataView? corpus = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new HardNegatives(options).Mine(CatalogUtils.GetEnvironment(catalog), pairs, corpus);
    }
}

namespace Bert.MLNet;

/// <summary>
/// Controls how rows are grouped into batches for the encoder. Affects speed and memory, and results only by rounding.
/// </summary>
/// <remarks>
/// A cursor reads <see cref="WindowSize"/> rows ahead, sorts their token sequences by length, and cuts them into batches of at most
/// <see cref="TokenBudget"/> tokens, padding included. <see cref="NumberOfThreads"/> threads compute batches at the same time. The
/// rows are returned in their original order. Immutable.
/// </remarks>
public sealed record BertBatchOptions
{
    /// <summary>
    /// The number of rows that a cursor reads ahead. Default 2,048. Larger windows form batches of more equal length and need more
    /// memory.
    /// </summary>
    public int WindowSize { get; init; } = 2048;

    /// <summary>
    /// The number of tokens in a batch, padding included. Default null: 256 on the processor, where larger batches are no faster and need
    /// more memory, and 16,384 on a GPU. A longer sequence forms a batch by itself.
    /// </summary>
    public int? TokenBudget { get; init; }

    /// <summary>
    /// The number of threads that compute batches at the same time, each on one core. Default null: one for each core of the
    /// machine, or two beside a GPU.
    /// </summary>
    public int? NumberOfThreads { get; init; }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    internal int Tokens => TokenBudget ?? 256;

    /// <summary>
    /// The size of the first window, small so that the first rows arrive quickly. All others have full size, since small windows need
    /// more padding.
    /// </summary>
    internal int FirstWindow => Math.Min(128, WindowSize);

    /// <summary>Returns these options after checking them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is less than 1.</exception>
    internal BertBatchOptions Validated()
    {
        Check(WindowSize, nameof(WindowSize));
        Check(TokenBudget ?? 1, nameof(TokenBudget));
        Check(NumberOfThreads ?? 1, nameof(NumberOfThreads));
        return this;

        static void Check(int value, string name)
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(name, $"{nameof(BertBatchOptions)}.{name} is {value}; it must be at least 1.");
        }
    }

    /// <summary>Reads the options from a model file of version 1.</summary>
    internal static BertBatchOptions ReadV1(BinaryReader reader) => new BertBatchOptions
    {
        WindowSize = reader.ReadInt32(),
        TokenBudget = reader.ReadInt32(),
        NumberOfThreads = reader.ReadInt32() is var threads and not 0 ? threads : null,
    }.Validated();
}
